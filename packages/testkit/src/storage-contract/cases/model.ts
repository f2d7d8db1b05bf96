// Model: random histories of everything a storage does, compared with a model of it after every step.
import * as fc from 'fast-check'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { history } from '../model/contract-commands.ts'
import { runHistory } from '../model/run-history.ts'

export const modelCases: readonly ContractCase[] = contractGroup('model', {
  'the storage does what the model does, whatever the history': async ({ storage }, { numRuns }) => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(history, (steps) => runHistory(storage, steps, run++)),
      { numRuns },
    )
  },
})
