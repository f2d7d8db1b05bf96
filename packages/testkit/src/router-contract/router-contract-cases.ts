// The whole router contract, in the order a router's author would make the cases pass.
import { bodyCases } from './cases/bodies.ts'
import { crowdCases } from './cases/crowds.ts'
import { historyCases } from './cases/histories.ts'
import { lifeCases } from './cases/life.ts'
import { outageCases } from './cases/outages.ts'
import { seatCases } from './cases/seats.ts'
import { timeCases } from './cases/time.ts'
import type { RouterCase } from './router-case.ts'

/** Every promise of the router port, each with the code that finds out whether a router keeps it. */
export const routerContractCases: readonly RouterCase[] = [
  ...seatCases,
  ...bodyCases,
  ...timeCases,
  ...crowdCases,
  ...lifeCases,
  ...outageCases,
  ...historyCases,
]
