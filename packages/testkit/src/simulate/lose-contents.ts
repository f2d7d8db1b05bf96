// Blobs that vanish at rest, as when a disk fails or somebody cleans up by hand. Only those that the log can rebuild:
// losing others is losing data.
import type { EntityKey } from '@perdure/core'
import type { Stage } from '../properties/stage.ts'

/** Loses the contents of an entity's fields, unless some entity's log holds the same content by reference only. */
export async function loseContents(
  stage: Stage,
  entity: EntityKey,
  all: readonly EntityKey[],
): Promise<void> {
  const lost = await hashesOf(stage, entity)
  const kept = new Set<string>()
  for (const other of all) for (const hash of (await hashesOf(stage, other)).byReference) kept.add(hash)
  for (const hash of lost.rebuildable)
    if (!kept.has(hash)) await stage.tamper?.deleteBlob(entity.tenant, hash)
}

async function hashesOf(stage: Stage, entity: EntityKey) {
  const { state, values } = stage.fold(entity.type, await stage.eventsOf(entity))
  const refs = Object.entries(state.refs)
  const hashes = (isKnown: boolean): readonly string[] =>
    refs.filter(([field]) => values.has(field) === isKnown).map(([, { hash }]) => hash)
  return { rebuildable: hashes(true), byReference: hashes(false) }
}
