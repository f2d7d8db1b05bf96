// Registers the storage contract with vitest. The cases themselves know no test framework.
import { describe, it } from 'vitest'
import type { ContractSettings, OpenSubject } from '../storage-contract/contract-case.ts'
import { listContract } from '../storage-contract/list-contract.ts'
import { defaultSettings, runCase } from '../storage-contract/run-contract.ts'

/** Generous, for the random cases on a slow engine; a storage that hangs is still found out. */
const timeoutMs = 120_000

/**
 * Holds a storage to the whole contract: one test a case, on a storage of its own from `open`. A case whose feature is
 * off is listed as skipped, with the reason in its name.
 */
export function storageContract(
  name: string,
  open: OpenSubject,
  options: Partial<ContractSettings> = {},
): void {
  const settings = { ...defaultSettings, ...options }
  describe(`storage contract: ${name}`, () => {
    for (const { title, run } of listContract(settings))
      if (run === undefined) it.skip(title)
      else it(title, { timeout: timeoutMs }, () => runCase(run, open, settings))
  })
}
