// How commands that show events read them: as today's spec names them, or as they are stored.
import { compileModel, isPerdureError, upcastEvent } from '@perdure/core'
import type { EntityEvent, EntitySpec } from '@perdure/core'

/** Under which names events are shown. */
export type EventNames = 'today' | 'stored'

/**
 * Reads events by the `[[upcast]]` tables of their types' specs; a hook in TypeScript is not known here. An event is shown as it is
 * stored where there is no spec, or one that cannot read it: who looks must not be kept from it.
 */
export function readingOf(
  specs: readonly EntitySpec[],
  names: EventNames,
): (event: EntityEvent) => EntityEvent {
  if (names === 'stored') return (event) => event
  const models = new Map(
    specs.filter(({ upcasts }) => upcasts.length > 0).map((spec) => [spec.name, compileModel(spec)]),
  )
  return (event) => {
    const model = models.get(event.type)
    if (model === undefined) return event
    try {
      return upcastEvent(model, event)
    } catch (error) {
      if (isPerdureError(error)) return event
      throw error
    }
  }
}
