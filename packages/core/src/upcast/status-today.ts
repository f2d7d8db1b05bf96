import { own } from '../json/own.ts'
import type { EntityModel } from '../model/entity-model.ts'

/**
 * What a status that storage names may be called today: it does not say under which version it was entered, so there may be
 * several. Undefined when the type has a hook, which may answer anything.
 */
export function statusesToday(
  { upcasts, spec }: EntityModel,
  stored: string,
): ReadonlySet<string> | undefined {
  if (upcasts.hook !== undefined) return undefined
  let names = new Set([stored])
  for (const { renameStatus } of upcasts.steps) {
    // It may have been entered before this step, or after it.
    names = new Set([...[...names].map((name) => own(renameStatus, name) ?? name), stored])
  }
  if (names.size > 1 && !spec.states.includes(stored)) names.delete(stored)
  return names
}

/** Every name under which storage may list what is in this status today; undefined when it may be any. */
export function storedStatuses(model: EntityModel, status: string): readonly string[] | undefined {
  if (model.upcasts.hook !== undefined) return undefined
  const former = model.upcasts.steps.flatMap(({ renameStatus }) => Object.keys(renameStatus))
  return [...new Set([status, ...former])].filter((name) => statusesToday(model, name)?.has(status) === true)
}
