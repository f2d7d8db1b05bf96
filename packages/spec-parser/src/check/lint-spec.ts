// What is allowed and probably not meant. Called once a spec has no error, so that no lint follows from a mistake.
import type { LintContext } from './lint-context.ts'
import { lintGraph } from './lint-graph.ts'
import { lintHost } from './lint-host.ts'
import { lintRules } from './lint-rules.ts'
import { lintUpcasts } from './lint-upcast.ts'
import { lintValues } from './lint-values.ts'

/** Reports every warning and info about a spec. */
export function lintSpec(context: LintContext): void {
  lintGraph(context)
  lintRules(context)
  lintValues(context)
  lintHost(context)
  lintUpcasts(context)
}
