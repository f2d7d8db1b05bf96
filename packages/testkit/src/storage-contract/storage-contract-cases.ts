// The whole storage contract, in the order a storage author would make the cases pass.
import type { ContractCase } from './contract-case.ts'
import { blobCases } from './cases/blobs.ts'
import { commitCases } from './cases/commit.ts'
import { concurrencyCases } from './cases/concurrency.ts'
import { consumerCases } from './cases/consumers.ts'
import { eraseCases } from './cases/erase.ts'
import { headCases } from './cases/heads.ts'
import { isolationCases } from './cases/isolation.ts'
import { leaseCases } from './cases/leases.ts'
import { logCases } from './cases/log.ts'
import { lifecycleCases } from './cases/lifecycle.ts'
import { loadCases } from './cases/load.ts'
import { losslessCases } from './cases/lossless.ts'
import { modelCases } from './cases/model.ts'
import { positionCases } from './cases/positions.ts'
import { readCases } from './cases/reads.ts'
import { refusalCases } from './cases/refusals.ts'
import { alignCases } from './cases/align.ts'
import { restoreCases } from './cases/restore.ts'
import { sizeCases } from './cases/sizes.ts'
import { snapshotCases } from './cases/snapshots.ts'
import { pruneCases } from './cases/prune.ts'
import { sweepCases } from './cases/sweep.ts'
import { verifyCases } from './cases/verify.ts'

/** Every promise of the storage port, each with the code that finds out whether a storage keeps it. */
export const storageContractCases: readonly ContractCase[] = [
  ...commitCases,
  ...refusalCases,
  ...concurrencyCases,
  ...positionCases,
  ...readCases,
  ...logCases,
  ...consumerCases,
  ...leaseCases,
  ...loadCases,
  ...headCases,
  ...snapshotCases,
  ...blobCases,
  ...sweepCases,
  ...pruneCases,
  ...restoreCases,
  ...alignCases,
  ...eraseCases,
  ...verifyCases,
  ...losslessCases,
  ...isolationCases,
  ...sizeCases,
  ...lifecycleCases,
  ...modelCases,
]
