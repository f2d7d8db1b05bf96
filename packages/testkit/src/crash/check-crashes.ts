// What workers said before they were killed, held against what is stored: acknowledged ⊆ stored ⊆ tried, each once, in
// order, and every entity whole.
import { createHost } from '@perdure/actors'
import type { Host } from '@perdure/actors'
import { formatEntityKey, hashContent } from '@perdure/core'
import type { Clock, EntityEvent, EntityKey, EntitySpec, Storage } from '@perdure/core'
import { referenceFold } from '../properties/reference-fold.ts'
import { demand, demandSame } from '../properties/violation.ts'

/** What was said in all lives. */
export interface Said {
  /** Every command with the life that tried it first, and its place among all. */
  readonly tried: Map<string, { readonly life: number; readonly order: number }>
  /** Commands that happened, with the sequence of their event and the life that heard of it. */
  readonly acknowledged: Map<string, { readonly sequence: number; readonly life: number }>
  readonly refused: Set<string>
}

/** What was seen. */
export interface CrashReport {
  readonly kills: number
  readonly tried: number
  readonly acknowledged: number
  readonly refused: number
  /** Events that are stored. */
  readonly events: number
  /** Commands that were stored, and whose answer died with the process. */
  readonly unanswered: number
}

/** What is compared. */
export interface CrashEvidence {
  readonly said: Said
  readonly storage: Storage
  readonly specs: readonly EntitySpec[]
  readonly tenant: string
  /** Tells which references have expired. @defaultValue the machine's */
  readonly clock?: Clock
}

/**
 * Holds what was said against what is stored: acknowledged ⊆ stored ⊆ tried, each once, in order, and every entity whole.
 * @throws Violation
 */
export async function checkCrashes({
  said,
  storage,
  specs,
  tenant,
  clock,
}: CrashEvidence): Promise<Omit<CrashReport, 'kills'>> {
  const host = await createHost({ specs, storage, tenant, keepStorageOpen: true, ...(clock && { clock }) })
  const stored = new Map<string, EntityEvent>()
  let events = 0
  try {
    for (const spec of specs)
      for await (const head of host.entities(spec.name, { tenant, includeDeleted: true })) {
        const stream = await storage.readEvents(head)
        events += stream.length
        checkStream(head, head.version, stream, said, stored)
        await checkEntity(host, storage, head, spec, stream)
      }
  } finally {
    await host.stop()
  }
  for (const [id, { sequence }] of said.acknowledged) {
    const event = stored.get(id)
    demand(event !== undefined, `command ${id} was acknowledged as event ${sequence}, and is not stored`)
    demand(
      event.sequence === sequence,
      `command ${id} was acknowledged as event ${sequence}, and is stored as ${event.sequence}`,
    )
  }
  const { tried, acknowledged, refused } = said
  return {
    tried: tried.size,
    acknowledged: acknowledged.size,
    refused: refused.size,
    events,
    unanswered: stored.size - acknowledged.size,
  }
}

/** Contiguous, from commands that were tried, each once, none that was refused, in the order they were tried in. */
function checkStream(
  entity: EntityKey,
  version: number,
  stream: readonly EntityEvent[],
  { tried, refused, acknowledged }: Said,
  stored: Map<string, EntityEvent>,
): void {
  const name = formatEntityKey(entity)
  demand(stream.length === version, `${name} is at version ${version}, and has ${stream.length} events`)
  const newest = new Map<number, number>()
  for (const [index, event] of stream.entries()) {
    demand(event.sequence === index + 1, `${name}: event ${index + 1} has sequence ${event.sequence}`)
    const { correlationId: id, sequence } = event
    if (id === undefined) continue
    const twin = stored.get(id)
    demand(
      twin === undefined,
      `command ${id} happened twice, as event ${twin?.sequence} and as event ${sequence}`,
    )
    const attempt = tried.get(id)
    demand(attempt !== undefined, `${name}: event ${sequence} came of ${id}, which nobody tried`)
    demand(!refused.has(id), `command ${id} was refused, and happened as event ${sequence}`)
    stored.set(id, event)
    // What died unanswered may be tried again by a later life, in any order.
    if (acknowledged.get(id)?.life !== attempt.life) continue
    const before = newest.get(attempt.life) ?? -1
    demand(attempt.order > before, `${name}: command ${id} happened after one that was tried after it`)
    newest.set(attempt.life, attempt.order)
  }
}

/** The state that a fresh host shows is what the events mean, and its contents can be read. */
async function checkEntity(
  host: Host,
  storage: Storage,
  entity: EntityKey,
  spec: EntitySpec,
  stream: readonly EntityEvent[],
): Promise<void> {
  const { tenant, type, id } = entity
  const { state } = referenceFold(spec, stream)
  const seen = await host.entity(type, id, { tenant }).state()
  demandSame({ ...seen }, state, `${formatEntityKey(entity)}, replayed`)
  for (const [field, { hash, size, expiresAt }] of Object.entries(state.refs)) {
    if (expiresAt !== undefined && expiresAt <= host.now) continue
    const bytes = await storage.readBlob(tenant, hash)
    const isWhole = bytes?.length === size && hashContent(bytes) === hash
    demand(isWhole, `${formatEntityKey(entity)}: ${field} refers to content that is not stored whole`)
  }
}
