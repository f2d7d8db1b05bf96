// Contents: they are there as long as somebody may read them, and gone when nobody may; when they expire, and when they
// are damaged, the reader is told so.
import type { Host } from '@perdure/actors'
import { formatEntityKey, hashContent, isPerdureError } from '@perdure/core'
import type { BlobRef, EntityKey, JsonValue } from '@perdure/core'
import type { HostAction, RunStep } from '../arbitraries/run-step.ts'
import { carryOut } from './carry-out.ts'
import type { Places } from './places.ts'
import { stateOf } from './live-properties.ts'
import type { ReplayProperty, Setting } from './replay-property.ts'
import type { Stage } from './stage.ts'
import { demand, demandSame, shown, stateText, textOf } from './violation.ts'

const sweeping: readonly HostAction['kind'][] = ['sweep', 'advance', 'restart', 'passivate', 'crash']

const alwaysResolvable: ReplayProperty = {
  number: 33,
  name: 'always resolvable: whenever nothing is on its way, every living reference leads to its content',
  check: async ({ stage: open, run }) => {
    const stage = open()
    await carryOut(stage, run.steps, { atRest: (_, places) => checkResolvable(stage, places) })
  },
}

const sweeperSafety: ReplayProperty = {
  number: 34,
  name: 'the sweeper is safe: however sweeps, expiry and new references to the same content fall together',
  runs: { hostActions: sweeping, entities: 3 },
  check: async ({ stage: open, run }) => {
    const stage = open()
    const steps = run.steps.flatMap((step): RunStep[] =>
      step.kind === 'advance' ? [step, { kind: 'sweep', graceMs: 0 }] : [step],
    )
    await carryOut(stage, steps, { atRest: (_, places) => checkResolvable(stage, places) })
  },
}

const sweeperLiveness: ReplayProperty = {
  number: 35,
  name: 'the sweeper is live: once references have ended and the grace is over, their content is gone',
  check: async ({ stage: open, run }) => {
    const stage = open()
    const { entities } = await carryOut(stage, run.steps)
    await stage.clock.advance(maxLifetimeMs(stage) + 1)
    for (let round = 0; round < 2; round++) {
      await stage.storage.sweep({ now: stage.clock.now(), graceMs: 60_000 })
      await stage.clock.advance(60_000)
    }
    const living = new Set<string>()
    const ever = new Set<string>()
    for (const entity of entities) {
      const events = await stage.eventsOf(entity)
      for (let version = 1; version <= events.length; version++)
        for (const { hash } of Object.values(stage.fold(entity.type, events.slice(0, version)).state.refs))
          ever.add(hash)
      for (const [, { hash }] of await livingRefs(stage, entity)) living.add(hash)
    }
    for (const hash of ever) {
      const isThere = (await stage.storage.readBlob(stage.tenant, hash)) !== undefined
      demand(
        isThere === living.has(hash),
        `blob ${hash} is ${isThere ? 'still there' : 'gone'} after the sweeps`,
      )
    }
  },
}

const expiredByDesign: ReplayProperty = {
  number: 37,
  name: 'expired by design: an expired field says so, before and after the sweep and a replay, and changes nothing else',
  runs: { hostActions: ['advance', 'restart', 'passivate'] },
  reasonNotTo: ({ specs }: Setting) =>
    specs.some(({ variables }) => variables.some(({ overflow }) => overflow.ttlSeconds !== undefined))
      ? undefined
      : 'no field has a lifetime',
  check: async ({ stage: open, run }) => {
    const stage = open()
    const { entities } = await carryOut(stage, run.steps)
    const texts = await statesOf(stage, entities)
    await stage.clock.advance(maxLifetimeMs(stage))
    const checkAll = async (): Promise<void> => {
      demandSame(await statesOf(stage, entities), texts, 'the states after fields have expired')
      for (const entity of entities) await stage.withHost((host) => checkExpired(stage, host, entity))
    }
    await checkAll()
    await stage.storage.sweep({ now: stage.clock.now() })
    await checkAll()
  },
}

async function checkExpired(stage: Stage, host: Host, entity: EntityKey): Promise<void> {
  const { state } = stage.fold(entity.type, await stage.eventsOf(entity))
  for (const [field, ref] of Object.entries(state.refs)) {
    if (ref.expiresAt === undefined) continue
    const { tenant, type, id } = entity
    const error = await errorOf(host.entity(type, id, { tenant }).readField(field))
    demand(
      isUnavailable(error, 'expired'),
      `${formatEntityKey(entity)}: ${field} expired, and reading it gives ${shown(error)}`,
    )
  }
}

const tampering: ReplayProperty = {
  number: 38,
  name: 'tampering is detected: damaged content is never handed out, and lost content is rebuilt or reported',
  reasonNotTo: ({ tamper }) =>
    tamper === undefined ? 'the storage offers no way to damage blobs behind its back' : undefined,
  check: async ({ stage: open, run }) => {
    const stage = open()
    const { entities } = await carryOut(stage, run.steps)
    // Several fields may hold one content; what is lost for one of them for good is lost for all.
    const tampered = new Set<string>()
    for (const entity of entities) {
      const texts = await statesOf(stage, entities)
      for (const [field, ref] of await livingRefs(stage, entity)) {
        if (tampered.has(ref.hash)) continue
        tampered.add(ref.hash)
        await checkTampered(stage, entity, field, ref)
      }
      demandSame(await statesOf(stage, entities), texts, 'the states after blobs were damaged')
    }
  },
}

async function checkTampered(
  stage: Stage,
  entity: EntityKey,
  field: string,
  { hash }: BlobRef,
): Promise<void> {
  const { tenant, type, id } = entity
  const what = `${formatEntityKey(entity)}: ${field}`
  const read = (): Promise<unknown> =>
    stage.withHost((host) =>
      host
        .entity(type, id, { tenant })
        .readField(field)
        .catch((error: unknown) => error),
    )
  await stage.tamper?.corruptBlob(tenant, hash)
  const corrupt = await read()
  demand(isUnavailable(corrupt, 'corrupt'), `${what} was damaged, and reading it gives ${shown(corrupt)}`)
  await stage.tamper?.deleteBlob(tenant, hash)
  const value = stage.fold(type, await stage.eventsOf(entity)).values.get(field)
  const rebuilt = await read()
  // Where the log has a reference only, the content is gone, unless another field holds the same and was rebuilt.
  if (value === undefined)
    demand(
      isUnavailable(rebuilt, 'missing') || hashContent(textOf(rebuilt)) === hash,
      `${what} was lost, and reading it gives ${shown(rebuilt)}`,
    )
  else demandSame(rebuilt, value, `${what}, lost and rebuilt`)
}

/** Every reference that has not expired leads to content of its length and hash, and the storage knows of it. */
async function checkResolvable(stage: Stage, places: Places): Promise<void> {
  for (const entity of places.entities) {
    const refs = await livingRefs(stage, entity)
    for (const [field, { hash, size }] of refs) {
      const what = `${formatEntityKey(entity)}: ${field}`
      const bytes = await stage.storage.readBlob(entity.tenant, hash)
      demand(bytes !== undefined, `${what} refers to ${hash}, which is not stored`)
      demand(bytes.length === size, `${what} has ${bytes.length} bytes, and should have ${size}`)
      demand(hashContent(bytes) === hash, `${what} does not have the content it refers to`)
    }
    const claims = refs.map(([field, { hash, expiresAt }]) =>
      expiresAt === undefined ? { field, hash } : { field, hash, expiresAt },
    )
    const missing = claims.length === 0 ? [] : await stage.storage.findMissingClaims(entity, claims)
    demandSame(missing, [], `${formatEntityKey(entity)}: claims that the storage does not know of`)
  }
}

async function livingRefs(stage: Stage, entity: EntityKey): Promise<readonly (readonly [string, BlobRef])[]> {
  const { refs } = stage.fold(entity.type, await stage.eventsOf(entity)).state
  const now = stage.clock.now()
  return Object.entries(refs).filter(([, { expiresAt }]) => expiresAt === undefined || expiresAt > now)
}

async function statesOf(stage: Stage, entities: readonly EntityKey[]): Promise<readonly JsonValue[]> {
  return stage.withHost((host) =>
    Promise.all(
      entities.map((entity) =>
        stateOf(host, entity).then(stateText, (error: unknown) =>
          isPerdureError(error) ? error.code : 'failed',
        ),
      ),
    ),
  )
}

function maxLifetimeMs({ specs }: Stage): number {
  const lifetimes = specs.flatMap(({ variables }) =>
    variables.map(({ overflow }) => overflow.ttlSeconds ?? 0),
  )
  return Math.max(0, ...lifetimes) * 1_000
}

function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

function isUnavailable(error: unknown, reason: string): boolean {
  return isPerdureError(error, 'field_unavailable') && error.details['reason'] === reason
}

/** Properties of contents. */
export const blobProperties: readonly ReplayProperty[] = [
  alwaysResolvable,
  sweeperSafety,
  sweeperLiveness,
  expiredByDesign,
  tampering,
]
