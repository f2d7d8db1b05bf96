// '@perdure/testkit/checker': the model checker alone, for programs that start it often. It loads neither the runtime nor
// fast-check; everything here is at '@perdure/testkit' too.
export { toDot } from './export/to-dot.ts'
export { toTla } from './export/to-tla.ts'
export type { TlaExport } from './export/to-tla.ts'
export { traceToMermaid } from './export/trace-to-mermaid.ts'
export type { LimitName } from './explore/exploration.ts'
export type { Mutant, MutationReport } from './mutation/mutation-report.ts'
export { renderReport } from './render/render-report.ts'
export { renderTrace } from './render/render-trace.ts'
export type { RenderOptions } from './render/render-trace.ts'
export { traceCommands } from './render/trace-commands.ts'
export { traceTest } from './render/trace-test.ts'
export type { TraceTestOptions } from './render/trace-test.ts'
export { exitCodeOf } from './report.ts'
export type {
  ConformanceCount,
  PropertyKind,
  PropertyResult,
  PropertySeverity,
  PropertyStatus,
  SpecReport,
  Verdict,
  VerifyReport,
} from './report.ts'
export type { Trace, TraceStep } from './concrete/trace.ts'
export type { VerifyOptions, VerifyProgress } from './verify-options.ts'
export { verifySpec, verifySpecInTurns } from './verify-spec.ts'
