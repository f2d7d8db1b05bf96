// The runs that refute properties, in a form to go on with: as tests, or as commands for programs.
import { traceCommands, traceTest } from '@perdure/testkit/checker'
import type { PropertyResult, SpecReport, VerifyReport } from '@perdure/testkit/checker'
import type { SoundSpec } from '../specs/load-sound-specs.ts'

/** How to show the runs that refute properties. */
export type RunFormat = 'table' | 'test' | 'commands'

/** The first violated property of a spec that has a run to show; one that decides the verdict before all others. */
export function firstViolation({ properties }: SpecReport): PropertyResult | undefined {
  const shown = properties.filter(({ status, trace }) => status === 'violated' && trace !== undefined)
  return shown.find(({ severity }) => severity === 'error') ?? shown[0]
}

/** The run of each spec that refutes a required property; nothing when all hold. */
export function printRuns(
  specs: readonly SoundSpec[],
  report: VerifyReport,
  format: Exclude<RunFormat, 'table'>,
): string {
  const runs = report.specs.flatMap((one, index) => {
    const found = firstViolation(one)
    if (found?.trace === undefined || found.severity !== 'error') return []
    if (format === 'commands') return traceCommands(found.trace)
    return traceTest(found, { entity: one.name, specFile: specs[index]?.file ?? '' }) ?? []
  })
  return runs.join('\n')
}
