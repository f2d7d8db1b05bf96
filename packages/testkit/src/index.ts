// The public face of @perdure/testkit. What needs vitest is at '@perdure/testkit/vitest'.
export type {
  BlobTamper,
  ContractCase,
  ContractFeature,
  ContractSettings,
  ContractSubject,
  OpenSubject,
} from './storage-contract/contract-case.ts'
export { runContract } from './storage-contract/run-contract.ts'
export type { CaseOutcome } from './storage-contract/run-contract.ts'
export { storageContractCases } from './storage-contract/storage-contract-cases.ts'

export type {
  OpenRouters,
  RouterCase,
  RouterContractSettings,
  RouterFeature,
  RouterSubject,
  RouterSubjectOptions,
} from './router-contract/router-case.ts'
export { routerContractCases } from './router-contract/router-contract-cases.ts'
export type { RouterStage } from './router-contract/router-stage.ts'
export { runRouterContract } from './router-contract/run-router-contract.ts'
export type { RouterCaseOutcome } from './router-contract/run-router-contract.ts'

export { arbitraries, hostActionKinds } from './arbitraries/arbitraries.ts'
export type { ArbitrariesOptions, SpecArbitraries } from './arbitraries/arbitraries.ts'
export { findCounterexample, PropertyFailed } from './arbitraries/find-counterexample.ts'
export type { Search, SearchOptions, SearchResult } from './arbitraries/find-counterexample.ts'
export { checkHistories, histories, playHistory } from './arbitraries/history.ts'
export type { History, HistoryOptions } from './arbitraries/history.ts'
export { hostileKinds, hostileValue } from './arbitraries/hostile-value.ts'
export type { HostileKind } from './arbitraries/hostile-value.ts'
export { minimizeList, minimizeRun } from './arbitraries/minimize.ts'
export { printRun } from './arbitraries/print-run.ts'
export type { HostAction, Run, RunCommand, RunPlace, RunStep } from './arbitraries/run-step.ts'
export type { Fault, FaultKind, PlannedFault, StorageCall, StorageMethod } from './faulty-storage/fault.ts'
export { FaultPlan, faultPlan } from './faulty-storage/fault-plan.ts'
export type { RandomFaultOptions } from './faulty-storage/fault-plan.ts'
export { faultyStorage } from './faulty-storage/faulty-storage.ts'
export type { FaultyStorage, FaultyStorageOptions } from './faulty-storage/faulty-storage.ts'
export { soundFaults, timeFaults } from './faulty-storage/sound-faults.ts'
export { unsyncedStorage } from './faulty-storage/unsynced-storage.ts'
export type { UnsyncedStorage } from './faulty-storage/unsynced-storage.ts'

export { VirtualClock } from './simulate/virtual-clock.ts'

export { checkReplay } from './properties/check-replay.ts'
export type {
  OpenReplayStorage,
  PropertyOutcome,
  ReplayOptions,
  ReplayReport,
} from './properties/check-replay.ts'
export { referenceFold } from './properties/reference-fold.ts'
export type { ReferenceState } from './properties/reference-fold.ts'
export type { StartHost } from './properties/stage.ts'

export { Scenario, scenario } from './scenario/scenario.ts'
export type { ExpectedEvent, GivenEvent, ScenarioOptions } from './scenario/scenario.ts'

export { toDot } from './checker/export/to-dot.ts'
export { toTla } from './checker/export/to-tla.ts'
export type { TlaExport } from './checker/export/to-tla.ts'
export { traceToMermaid } from './checker/export/trace-to-mermaid.ts'
export type { LimitName } from './checker/explore/exploration.ts'
export type { Mutant, MutationReport } from './checker/mutation/mutation-report.ts'
export { renderReport } from './checker/render/render-report.ts'
export { renderTrace } from './checker/render/render-trace.ts'
export type { RenderOptions } from './checker/render/render-trace.ts'
export { traceCommands } from './checker/render/trace-commands.ts'
export { traceTest } from './checker/render/trace-test.ts'
export type { TraceTestOptions } from './checker/render/trace-test.ts'
export { exitCodeOf } from './checker/report.ts'
export type {
  ConformanceCount,
  PropertyKind,
  PropertyResult,
  PropertySeverity,
  PropertyStatus,
  SpecReport,
  Verdict,
  VerifyReport,
} from './checker/report.ts'
export type { Trace, TraceStep } from './checker/concrete/trace.ts'
export type { VerifyOptions, VerifyProgress } from './checker/verify-options.ts'
export { verifySpec, verifySpecInTurns } from './checker/verify-spec.ts'

export { runOfSeed, simulate, simulateEveryFault, simulateRun } from './simulate/simulate.ts'
export type { SimulatedRun, SimulateOptions, SimulationFacts, SimulationReport } from './simulate/simulate.ts'

export type { CrashReport } from './crash/check-crashes.ts'
export { crashHarness } from './crash/crash-harness.ts'
export type { CrashHarnessOptions } from './crash/crash-harness.ts'
export { crashWorker } from './crash/crash-worker.ts'
export type { CrashWorker } from './crash/crash-worker.ts'
export type { CrashOrder } from './crash/protocol.ts'
