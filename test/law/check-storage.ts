// What must hold of the storage after a run: the right references, content behind each, and replay that changes nothing
// that is right and mends what is not.
import type { Host } from '@perdure/actors'
import { canonicalJson, hashContent } from '@perdure/core'
import type { BlobRef, EntityEvent, EntityState, JsonValue } from '@perdure/core'
import { expect } from 'vitest'
import { stateAfter, textOf } from './check-stream.ts'
import type { Streams } from './check-stream.ts'
import type { LawRun } from './law-run.ts'

/**
 * Before anybody replays: the references of the newest states that have not expired, and no others, are held, by content
 * that is there; and the heads say what the states say.
 */
export async function checkHolds(run: LawRun, streams: Streams, refsBefore: number): Promise<void> {
  const { storage } = run
  await storage.sweep({ now: run.clock.now() })
  let live = 0
  for (const events of streams) {
    const [entity] = events
    const state = stateAfter(events)
    const claims = liveRefs(run, state).map(([field, { hash }]) => ({ field, hash }))
    live += claims.length
    expect(await storage.findMissingClaims(entity, claims)).toEqual([])
    const [head] = await storage.readHeads([entity])
    const { status, version, deletedAt } = state
    expect(head).toMatchObject({ status, version, updatedAt: events.at(-1)?.at })
    expect(head?.deletedAt).toBe(deletedAt)
  }
  expect((await storage.stats()).refs - refsBefore).toBe(live)
}

/** What a host that starts afresh sees, and that looking changes nothing, the first time and the second. */
export async function checkAtRest(run: LawRun, streams: Streams): Promise<void> {
  const stored = await run.storage.stats()
  for (let time = 0; time < 2; time++) {
    const host = await run.start(0)
    for (const events of streams) {
      const state = await host.entity('Law', events[0].id).state()
      expect(textOf(state)).toBe(textOf(stateAfter(events)))
      await checkContents(run, host, events[0], state)
    }
    await host.stop()
    expect(await run.storage.stats()).toEqual(stored)
  }
}

/** Every reference that has not expired leads to its content; one that has is unavailable, and stays a reference. */
async function checkContents(
  run: LawRun,
  host: Host,
  { tenant, id }: EntityEvent,
  state: EntityState,
): Promise<void> {
  const ref = host.entity('Law', id)
  const live = liveRefs(run, state)
  for (const [field, { hash, size }] of live) {
    expect((await run.storage.readBlob(tenant, hash))?.length).toBe(size)
    const value = await ref.readField(field)
    expect(hashContent(canonicalJson(value as JsonValue))).toBe(hash)
    if (typeof value === 'string') expect(await ref.readFieldString(field)).toBe(value)
  }
  const kept = new Set(live.map(([field]) => field))
  const expired = Object.keys(state.refs).filter((field) => !kept.has(field))
  for (const field of expired) await expect(ref.readField(field)).rejects.toMatchObject({ reason: 'expired' })
  const hydrated = await ref.state({ hydrate: true })
  expect(Object.keys(hydrated.refs).sort()).toEqual(expired.sort())
}

/** All blobs are lost: replay puts back those whose value the log has, says so of the others, and then changes no more. */
export async function checkRecovery(
  run: LawRun,
  streams: Streams,
  loseBlob: (tenant: string, hash: string) => void,
): Promise<void> {
  const live = streams.flatMap((events) =>
    liveRefs(run, stateAfter(events)).map(([field, { hash }]) => ({ id: events[0].id, field, hash })),
  )
  for (const { hash } of live) loseBlob(run.tenant, hash)
  const blobs = async (host: Host): Promise<number> => {
    for (const [{ id }] of streams) await host.entity('Law', id).state()
    return (await run.storage.stats()).blobs
  }
  const host = await run.start(0)
  const put = await blobs(host)
  const recovered = new Set<string>()
  for (const { id, field, hash } of live) {
    const read = await readOrSay(host.entity('Law', id), field)
    if (hashContent(canonicalJson(read)) === hash) recovered.add(hash)
    // The log holds these by reference only.
    else expect([field, read]).toEqual([expect.stringMatching('memo|file'), 'missing'])
  }
  expect(put).toBe(recovered.size)
  await host.stop()
  const again = await run.start(1)
  expect(await blobs(again)).toBe(put)
  await again.stop()
}

async function readOrSay(ref: ReturnType<Host['entity']>, field: string): Promise<JsonValue> {
  try {
    return (await ref.readField(field)) ?? null
  } catch (error) {
    return (error as { readonly reason?: string }).reason ?? String(error)
  }
}

function liveRefs(
  { clock }: LawRun,
  { refs }: EntityState,
): readonly (readonly [field: string, ref: BlobRef])[] {
  return Object.entries(refs).filter(([, { expiresAt }]) => (expiresAt ?? Infinity) > clock.now())
}
