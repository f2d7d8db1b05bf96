import type { LintContext } from './lint-context.ts'

/**
 * Looks for a variable that was renamed together with the param of its name, of which the upcast says only half: read today,
 * older events would leave a field of the old name behind.
 */
export function lintUpcasts({ spec, sections, issues }: LintContext): void {
  const params = new Set(spec.actions.flatMap((rule) => rule.params.map(({ name }) => name)))
  for (const section of sections.upcasts) {
    const { rename_variable: variables, rename_param: renamed } = section
    if (variables?.kind !== 'table') continue
    for (const [name, { keySpan, value }] of variables.entries) {
      if (value.kind !== 'text' || params.has(name) || !params.has(value.value)) continue
      if (renamed?.kind === 'table' && renamed.entries.has(name)) continue
      const message = `the param '${name}' seems to have been renamed with the variable, and this upcast does not say so`
      issues.report(
        'upcast_incomplete',
        keySpan,
        message,
        `add rename_param = { ${name} = "${value.value}" }`,
      )
    }
  }
}
