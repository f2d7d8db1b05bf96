import { isPerdureError } from '@perdure/core'
import type { EntityEvent, EntitySpec } from '@perdure/core'
import type { Host, SpecSwapRefused } from '@perdure/actors'

/** Gives a type its next spec; says what stands in the way. */
export async function goOver(host: Host, next: EntitySpec): Promise<readonly string[]> {
  try {
    await host.swapSpec(next)
    return []
  } catch (error) {
    if (!isPerdureError(error, 'spec_swap_refused')) throw error
    const { reasons } = error as SpecSwapRefused
    return reasons.map(({ kind, entities }) => `${kind}: ${entities.map(({ id }) => id).join(', ')}`)
  }
}

/** For `createHost({ specs, storage, upcast: { Ticket: inCapitals } })`: what tables cannot say. */
export function inCapitals(event: EntityEvent): EntityEvent {
  const { text } = event.params
  if (event.specVersion > 1 || typeof text !== 'string') return event
  return { ...event, params: { ...event.params, text: text.toUpperCase() } }
}
