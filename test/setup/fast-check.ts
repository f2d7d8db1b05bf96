// Property tests print a seed on failure; FC_SEED and FC_NUM_RUNS replay or deepen a run.
import { configureGlobal } from 'fast-check'

const seed = process.env['FC_SEED']
const numRuns = process.env['FC_NUM_RUNS']
configureGlobal({
  ...(seed === undefined ? {} : { seed: Number(seed) }),
  ...(numRuns === undefined ? {} : { numRuns: Number(numRuns) }),
})
