// After everything: a fresh host sees what the log says, every content that lives can be read, and when all lifetimes and
// graces are over nothing is left that nobody refers to, nor comes back.
import type { Host } from '@perdure/actors'
import { decodeSnapshot, formatEntityKey, hashContent, isPerdureError } from '@perdure/core'
import type { EntityEvent, EntityKey, EntitySpec, Storage } from '@perdure/core'
import { modelOf } from '../properties/model-of.ts'
import { referenceFold } from '../properties/reference-fold.ts'
import type { ReferenceState } from '../properties/reference-fold.ts'
import { demand, demandSame, shown } from '../properties/violation.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** What is at rest. */
export interface AtRest {
  readonly specs: readonly EntitySpec[]
  readonly storage: Storage
  readonly entities: readonly EntityKey[]
  readonly clock: VirtualClock
  readonly inlineMaxBytes: number
  readonly start: () => Promise<Host>
}

interface Resting {
  readonly entity: EntityKey
  readonly spec: EntitySpec
  readonly events: readonly EntityEvent[]
  readonly reference: ReferenceState
}

/** @throws Violation */
export async function checkAtRest(rest: AtRest): Promise<void> {
  const all = await readAll(rest)
  for (const each of all) await checkSnapshot(rest, each)
  await withHost(rest, async (host) => {
    for (const each of all) await checkSeen(host, each)
  })
  for (const each of all) await checkContents(rest, each)
  await checkAfterExpiry(rest, all)
}

async function readAll({ specs, storage, entities, inlineMaxBytes }: AtRest): Promise<readonly Resting[]> {
  const all = await Promise.all(
    entities.map(async (entity) => {
      const events = await storage.readEvents(entity)
      const spec = specs.find(({ name }) => name === entity.type)
      return spec === undefined || events.length === 0
        ? []
        : [{ entity, spec, events, reference: referenceFold(spec, events, inlineMaxBytes) }]
    }),
  )
  return all.flat()
}

/** P15 and P16 of the snapshot that is stored. */
async function checkSnapshot(
  { storage, inlineMaxBytes }: AtRest,
  { entity, spec, events }: Resting,
): Promise<void> {
  const { specHash } = modelOf(spec, inlineMaxBytes)
  const snapshot = (await storage.load(entity, { specHash }))?.snapshot
  if (snapshot === undefined) return
  const name = formatEntityKey(entity)
  demand(
    snapshot.sequence <= events.length,
    `${name}: a snapshot at ${snapshot.sequence} is ahead of its log`,
  )
  const decoded = decodeSnapshot({ type: spec.name, specHash }, snapshot)
  demand(decoded.kind === 'state', `${name}: its snapshot cannot be read`)
  const { state } = referenceFold(spec, events.slice(0, snapshot.sequence), inlineMaxBytes)
  demandSame(decoded.state, state, `${name}: its snapshot at ${snapshot.sequence}`)
}

/** P12, P36 and P37 as a fresh host shows them. */
async function checkSeen(host: Host, { entity, reference }: Resting): Promise<void> {
  const { tenant, type, id } = entity
  const name = formatEntityKey(entity)
  const ref = host.entity(type, id, { tenant })
  demandSame({ ...(await ref.state()) }, reference.state, `${name}, replayed by a fresh host`)
  for (const [field, { expiresAt }] of Object.entries(reference.state.refs)) {
    const isExpired = expiresAt !== undefined && expiresAt <= host.now
    const value = await ref.readField(field).catch((error: unknown) => error)
    const expected = reference.values.get(field)
    if (isExpired)
      demand(
        isPerdureError(value, 'field_unavailable') && value.details['reason'] === 'expired',
        `${name}: ${field} has expired, and reads as ${shown(value)}`,
      )
    else if (expected !== undefined) {
      demand(!(value instanceof Error), `${name}: ${field} cannot be read: ${shown(value)}`)
      demandSame(value, expected, `${name}: ${field}`)
    }
  }
}

/** P33: what lives is stored, with its reference. */
async function checkContents({ storage, clock }: AtRest, { entity, reference }: Resting): Promise<void> {
  for (const [field, ref] of Object.entries(reference.state.refs)) {
    const { hash, size, expiresAt } = ref
    if (expiresAt !== undefined && expiresAt <= clock.now()) continue
    const what = `P33: ${formatEntityKey(entity)}: ${field}`
    const bytes = await storage.readBlob(entity.tenant, hash)
    demand(bytes !== undefined, `${what} refers to content that is not stored`)
    demand(bytes.length === size && hashContent(bytes) === hash, `${what} refers to other content`)
    const claim = expiresAt === undefined ? { field, hash } : { field, hash, expiresAt }
    const missing = await storage.findMissingClaims(entity, [claim])
    demand(missing.length === 0, `${what} refers to content that the storage does not keep for it`)
  }
}

/** P34, P35 and P37: time passes, sweeps come, and a fresh host brings nothing back. */
async function checkAfterExpiry(rest: AtRest, all: readonly Resting[]): Promise<void> {
  const { storage, clock, specs } = rest
  const lifetimes = specs.flatMap(({ variables }) =>
    variables.map(({ overflow }) => overflow.ttlSeconds ?? 0),
  )
  // A host whose clock was ahead left events of a time that is yet to come.
  const newest = Math.max(clock.now(), ...all.flatMap(({ events }) => events.map(({ at }) => at)))
  clock.jump(newest - clock.now() + Math.max(0, ...lifetimes) * 1_000)
  const sweep = () => storage.sweep({ now: clock.now(), graceMs: 1_000 })
  await sweep()
  clock.jump(1_000)
  await sweep()
  for (const each of all) await checkContents(rest, each)
  const living = new Set(
    all.flatMap(({ reference, entity }) =>
      Object.values(reference.state.refs)
        .filter(({ expiresAt }) => expiresAt === undefined)
        .map(({ hash }) => `${entity.tenant}/${hash}`),
    ),
  )
  const isClean = async (when: string): Promise<void> => {
    const { blobs } = await storage.stats()
    demand(
      blobs === living.size,
      `P35: ${blobs} blobs are stored ${when}, and ${living.size} are referred to`,
    )
  }
  await isClean('when all lifetimes are over')
  await withHost(rest, async (host) => {
    for (const each of all) await checkSeen(host, each)
  })
  await isClean('after a replay')
}

async function withHost(rest: AtRest, use: (host: Host) => Promise<void>): Promise<void> {
  const host = await rest.start()
  await use(host)
  await host.stop()
}
