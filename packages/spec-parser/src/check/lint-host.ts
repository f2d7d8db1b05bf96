import type { LintContext } from './lint-context.ts'
import { statusesOf } from './transitions.ts'

/** Looks at what the host is asked for: work that lacks its address, timeouts whose action cannot follow. */
export function lintHost({ spec, sections, issues }: LintContext): void {
  for (const [index, { name, type, config, module }] of spec.integrations.entries()) {
    const span = sections.integrations[index]?.name?.span
    if (span === undefined) continue
    if (type === 'webhook' && !Object.hasOwn(config, 'url')) {
      issues.report(
        'integration_incomplete',
        span,
        `'${name}' has no 'url'`,
        'write one, or give it to the host',
      )
    } else if (type === 'wasm' && module === undefined) {
      issues.report(
        'integration_incomplete',
        span,
        `'${name}' has no 'module'`,
        'write one, or give it to the host',
      )
    }
  }
  for (const [index, { state, onTimeout }] of spec.stateTimeouts.entries()) {
    const span = sections.stateTimeouts[index]?.on_timeout?.span
    const applies = spec.actions.some(
      (rule) => rule.name === onTimeout && statusesOf(rule, spec).includes(state),
    )
    if (span === undefined || applies) continue
    issues.report(
      'effect_never_applies',
      span,
      `no rule of '${onTimeout}' applies in '${state}'`,
      `add '${state}' to its 'from'`,
    )
  }
}
