import { statusesToday, upcastEvent } from '@perdure/core'
import type { EntityHead, EntityModel, Storage } from '@perdure/core'

/**
 * What the status of a head is called today. A head does not say under which version of the spec it was written; where its name
 * alone does not tell, its last event does. @throws StorageError, UpcastFailed, SpecOutdated
 */
export async function statusToday(
  storage: Pick<Storage, 'readEvents'>,
  model: EntityModel,
  head: EntityHead,
): Promise<string> {
  const names = statusesToday(model, head.status)
  const [only, ...others] = names ?? []
  if (only !== undefined && others.length === 0) return only
  const [event] = await storage.readEvents(head, { fromSequence: head.version, toSequence: head.version })
  return event === undefined ? head.status : upcastEvent(model, event).to
}
