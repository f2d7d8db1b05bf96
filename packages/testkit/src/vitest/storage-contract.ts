// Registers the storage contract with vitest. The cases themselves know no test framework.
import { describe, it } from 'vitest'
import type { ContractSettings, OpenSubject } from '../storage-contract/contract-case.ts'
import { defaultSettings, runCase } from '../storage-contract/run-contract.ts'
import { storageContractCases } from '../storage-contract/storage-contract-cases.ts'

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
    for (const [feature, reason] of Object.entries(settings.off)) it.skip(`[${feature} is off: ${reason}]`)
    for (const contractCase of storageContractCases) {
      const reason = contractCase.needs && settings.off[contractCase.needs]
      const title = `${contractCase.group}: ${contractCase.name}`
      if (reason === undefined) it(title, { timeout: timeoutMs }, () => runCase(contractCase, open, settings))
      else it.skip(`${title} [${contractCase.needs} is off: ${reason}]`)
    }
  })
}
