// Differences and divergences in words.
import { assertNever, formatEntityKey } from '@perdure/core'
import type { SpecDifference } from '@perdure/core'
import type { StateGap } from './compare-states.ts'
import type { Divergence } from './first-divergence.ts'

/** One difference between two specs, and what to do about it. */
export function describeDifference(difference: SpecDifference): {
  readonly what: string
  readonly advice: string
} {
  switch (difference.kind) {
    case 'version_lowered':
      return {
        what: `the version goes from ${difference.before} to ${difference.after}`,
        advice: 'raise it: events of a newer version are refused',
      }
    case 'status_removed':
      return {
        what: `the status ${difference.status} is gone`,
        advice: 'rename it in an [[upcast]], or lead every entity out of it first',
      }
    case 'variable_removed':
      return {
        what: `the variable ${difference.variable} is gone`,
        advice:
          'rename it in an [[upcast]]; otherwise its value stays behind, and nothing changes it any more',
      }
    case 'variable_type_changed':
      return {
        what: `the variable ${difference.variable} goes from ${difference.before} to ${difference.after}`,
        advice: 'values that fit are kept with the next event, others begin anew',
      }
    case 'field_removed':
      return {
        what: `no param leaves the field ${difference.field} behind any more`,
        advice: 'rename its param in an [[upcast]]; otherwise its value stays behind',
      }
    case 'action_removed':
      return { what: `the action ${difference.action} is gone`, advice: 'whoever asks for it is refused' }
    case 'param_removed':
      return {
        what: `${difference.action} takes no ${difference.param} any more`,
        advice: 'whoever brings it is refused',
      }
    case 'param_required':
      return {
        what: `${difference.action} needs ${difference.param}`,
        advice: 'whoever leaves it out is refused; older events read with a default_param',
      }
    case 'param_type_changed':
      return {
        what: `${difference.param} of ${difference.action} goes from ${difference.before} to ${difference.after}`,
        advice: 'whoever brings the old type is refused',
      }
    default:
      return assertNever(difference)
  }
}

/** Where two specs part over an entity, in one line. */
export function describeDivergence({ entity, sequence, action, what }: Divergence): string {
  return `${formatEntityKey(entity)}: event ${sequence} (${action}): ${describeWhat(what)}`
}

function describeWhat(what: Divergence['what']): string {
  switch (what.kind) {
    case 'unreadable':
      return `the ${what.by} spec cannot read it: ${what.code}: ${what.message}`
    case 'state':
      return `replayed, ${describeGap(what.gap)}`
    case 'refused':
      return `the new spec would refuse it: ${what.rejection.code}: ${what.rejection.message}`
    case 'outcome':
      return `asked again, ${describeGap(what.gap)}`
    default:
      return assertNever(what)
  }
}

function describeGap(gap: StateGap): string {
  switch (gap.kind) {
    case 'status':
      return `the status is ${gap.after} where the old spec has ${gap.before}`
    case 'unknown_status':
      return `the status is ${gap.status}, which the new spec does not have`
    case 'field':
      return `the field ${gap.field} has another value`
    case 'deleted':
      return 'one spec takes it for deleted and the other does not'
    default:
      return assertNever(gap)
  }
}
