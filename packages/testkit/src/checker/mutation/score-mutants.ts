// Are the properties of a spec any good? Each mutant is checked like the spec; one that no required property notices shows
// a rule that nothing tests.
import type { EntitySpec } from '@perdure/core'
import { checkSpec } from '../check-spec.ts'
import type { PropertyResult, SpecReport } from '../report.ts'
import type { Steps } from '../steps.ts'
import type { VerifySettings } from '../verify-options.ts'
import { makeMutants } from './make-mutants.ts'
import type { MutantSpec } from './make-mutants.ts'
import type { Mutant, MutationReport } from './mutation-report.ts'

/** Checks every mutant of a spec that has been checked. */
export function* scoreMutants(
  spec: EntitySpec,
  report: SpecReport,
  settings: VerifySettings,
): Steps<MutationReport> {
  const known = new Set(failures(report).map(nameOf))
  const mutants: Mutant[] = []
  for (const mutant of makeMutants(spec)) {
    settings.onProgress?.({
      name: spec.name,
      margin: 0,
      states: 0,
      transitions: 0,
      waiting: 0,
      elapsedMs: 0,
      mutant: mutant.description,
    })
    yield
    mutants.push(yield* judge(mutant, report, known, settings))
  }
  const count = (fate: Mutant['fate']): number => mutants.filter((mutant) => mutant.fate === fate).length
  const [killed, survived] = [count('killed'), count('survived')]
  const score = killed + survived === 0 ? 1 : killed / (killed + survived)
  return { killed, survived, unjudged: count('unjudged'), score, mutants }
}

function* judge(
  { description, spec, variable }: MutantSpec,
  report: SpecReport,
  known: ReadonlySet<string>,
  settings: VerifySettings,
): Steps<Mutant> {
  if (settings.signal?.aborted === true) return { description, fate: 'unjudged' }
  // No guard and no invariant looks at it, so no property can notice.
  if (variable !== undefined && !report.variables.includes(variable)) return { description, fate: 'survived' }
  const mutated = yield* checkSpec(spec, { ...settings, conformance: 0, maxMargin: 2, onProgress: undefined })
  const killer = failures(mutated).find((failure) => !known.has(nameOf(failure)))
  if (killer !== undefined) return { description, fate: 'killed', killedBy: nameOf(killer) }
  return { description, fate: mutated.verdict === 'inconclusive' ? 'unjudged' : 'survived' }
}

function failures({ properties }: SpecReport): readonly PropertyResult[] {
  return properties.filter(({ severity, status }) => severity === 'error' && status === 'violated')
}

function nameOf({ kind, name }: PropertyResult): string {
  return name === '' ? kind : `${kind} ${name}`
}
