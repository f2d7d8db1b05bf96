import { PerdureError } from '@perdure/core'
import type { EntityKey, SpecDifference, StateDifferenceKind } from '@perdure/core'

/** Why a spec cannot take the place of another: what would be lost, and some of the entities that have it. */
export type SwapReason = Extract<SpecDifference, { readonly kind: StateDifferenceKind }> & {
  /** At most twenty. */
  readonly entities: readonly EntityKey[]
  /** Whether there are more. */
  readonly hasMore: boolean
}

/** A host does not take a spec over; everything goes on under the one it has. */
export class SpecSwapRefused extends PerdureError {
  override readonly name: string = 'SpecSwapRefused'
  declare readonly code: 'spec_swap_refused'
  readonly reasons: readonly SwapReason[]

  constructor(type: string, reasons: readonly SwapReason[]) {
    const texts = reasons.map((reason) => `${describe(reason)}${affected(reason)}`)
    super('spec_swap_refused', `${type}: the spec cannot be swapped: ${texts.join('; ')}`, {
      details: { type, reasons },
    })
    this.reasons = reasons
  }
}

function describe(reason: SwapReason): string {
  switch (reason.kind) {
    case 'version_lowered':
      return `its version ${reason.after} is below ${reason.before}, whose events it could not read; raise it`
    case 'status_removed':
      return `there is no status ${reason.status} any more, and entities are in it; rename it in an [[upcast]], or lead them out first`
    case 'variable_removed':
      return `there is no variable ${reason.variable} any more; rename it in an [[upcast]], or allow it`
    case 'variable_type_changed':
      return `${reason.variable} was a ${reason.before} and is a ${reason.after}; allow it to keep the values that fit`
    case 'field_removed':
      return `nothing sets the field ${reason.field} any more; rename its param in an [[upcast]], or allow it`
  }
}

function affected({ entities, hasMore }: SwapReason): string {
  if (entities.length === 0) return ''
  const names = entities.slice(0, 3).map(({ tenant, id }) => `${tenant}/${id}`)
  const rest = hasMore ? 'and many more' : entities.length > 3 ? `and ${entities.length - 3} more` : ''
  return ` (${[...names, rest].filter((part) => part !== '').join(', ')})`
}
