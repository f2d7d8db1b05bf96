// Every planted bug that the simulation must find.
import { specFrom } from '../../arbitraries/specs.ts'
import { expiredReadsAsNull, firstExpiryWins, overflowReadsAsJson, replayDropsBlobs } from './blob-bugs.ts'
import {
  acknowledgedBeforeCommit,
  batchIsReversed,
  conflictIsIgnored,
  conflictIsOverwritten,
  forgetsUnknownOutcome,
  lostRetry,
  lostWakeUp,
  retryAppliedTwice,
  snapshotAhead,
} from './cycle-bugs.ts'
import type { PlantedBug } from './planted-bug.ts'
import {
  batchLosesEffects,
  batchMixesParams,
  counterBelowZero,
  guardOnReplay,
  resurrectedBlob,
  snapshotForgetsReferences,
  staleSnapshot,
  ttlFromReplayTime,
} from './replay-bugs.ts'

/** A gate that closes, and a task whose guard looks at it: the gate may be shut by the time the task is replayed. */
const gateSpec = specFrom(`
[automaton]
name = "Gate"
states = ["Open", "Shut"]
initial = "Open"
terminal = ["Shut"]

[[action]]
name = "Shut"
to = "Shut"
`)
const taskSpec = specFrom(`
[automaton]
name = "Task"
states = ["Open", "Done"]
initial = "Open"
terminal = ["Done"]

[[state]]
name = "gate"
type = "ref"
entity_type = "Gate"
initial = "e0"

[[state]]
name = "steps"
type = "counter"

[[action]]
name = "Step"
effect = "steps += 1"
guard = "Gate[gate].status == 'Open'"

[[action]]
name = "Close"
to = "Done"
guard = "steps > 3"
`)

/** The corpus. */
export const corpus: readonly PlantedBug[] = [
  replayDropsBlobs,
  ttlFromReplayTime,
  acknowledgedBeforeCommit,
  retryAppliedTwice,
  lostWakeUp,
  firstExpiryWins,
  resurrectedBlob,
  snapshotAhead,
  { ...guardOnReplay, specs: [gateSpec, taskSpec] },
  counterBelowZero,
  forgetsUnknownOutcome,
  lostRetry,
  conflictIsIgnored,
  conflictIsOverwritten,
  batchIsReversed,
  batchLosesEffects,
  batchMixesParams,
  staleSnapshot,
  snapshotForgetsReferences,
  overflowReadsAsJson,
  expiredReadsAsNull,
]
