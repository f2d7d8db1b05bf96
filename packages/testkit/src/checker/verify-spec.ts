// The model checker: every reachable state of a spec, whatever its numbers grow to. Called by tests, by `perdure verify`
// and by whoever registers specs; pure but for the clock.
import type { EntitySpec } from '@perdure/core'
import { checkSpec } from './check-spec.ts'
import { scoreMutants } from './mutation/score-mutants.ts'
import { worseVerdict } from './report.ts'
import type { SpecReport, Verdict, VerifyReport } from './report.ts'
import { finishInTurns, finishNow } from './steps.ts'
import type { Steps } from './steps.ts'
import { settingsOf } from './verify-options.ts'
import type { VerifyOptions, VerifySettings } from './verify-options.ts'

/**
 * Checks specs exhaustively. `pass` is a proof for all values of all variables under the assumptions that the report
 * lists; `fail` comes with a run of the real entity; `inconclusive` says that a limit was met or that something could be
 * neither proved nor shown, and is never a pass. Several specs are checked one by one; they know each other's statuses.
 * Specs must be sound, as parseSpec returns them.
 */
export function verifySpec(
  specs: EntitySpec | readonly EntitySpec[],
  options: VerifyOptions = {},
): VerifyReport {
  return finishNow(verifyAll(specs, options))
}

/** As `verifySpec`, for programs that must stay answerable: timers, input and signals get their turn a few times a second. */
export function verifySpecInTurns(
  specs: EntitySpec | readonly EntitySpec[],
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  return finishInTurns(verifyAll(specs, options))
}

function* verifyAll(specs: EntitySpec | readonly EntitySpec[], options: VerifyOptions): Steps<VerifyReport> {
  const list: readonly EntitySpec[] = 'name' in specs ? [specs] : specs
  const settings = settingsOf(options, new Map(list.map((spec) => [spec.name, spec])))
  const startedAt = settings.clock.now()
  const reports: SpecReport[] = []
  for (const spec of list) reports.push(yield* verifyOne(spec, settings))
  const verdict = reports.reduce<Verdict>((worst, report) => worseVerdict(worst, report.verdict), 'pass')
  return { verdict, elapsedMs: settings.clock.now() - startedAt, specs: reports }
}

function* verifyOne(spec: EntitySpec, settings: VerifySettings): Steps<SpecReport> {
  const report = yield* checkSpec(spec, settings)
  if (!settings.mutation) return report
  return { ...report, mutation: yield* scoreMutants(spec, report, settings) }
}
