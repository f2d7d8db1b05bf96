// Runs the contract without a test framework: for storage authors' scripts, and for proving that cases can fail.
import type { ContractCase, ContractSettings, OpenSubject } from './contract-case.ts'
import { storageContractCases } from './storage-contract-cases.ts'

/** What became of one case. */
export type CaseOutcome =
  | { readonly kind: 'kept'; readonly case: ContractCase }
  | { readonly kind: 'broken'; readonly case: ContractCase; readonly error: unknown }
  | { readonly kind: 'skipped'; readonly case: ContractCase; readonly reason: string }

/** Settings of an adoption that gives none: every feature on, 100 random runs. */
export const defaultSettings: ContractSettings = { off: {}, numRuns: 100 }

/** Runs one case on a storage of its own. @throws whatever the case finds wrong */
export async function runCase(
  contractCase: ContractCase,
  open: OpenSubject,
  settings: ContractSettings,
): Promise<void> {
  const subject = await open()
  try {
    await contractCase.run(subject, settings)
  } finally {
    await subject.close()
  }
}

/** Runs cases one after the other, each on a storage of its own. */
export async function runContract(
  open: OpenSubject,
  settings: ContractSettings = defaultSettings,
  cases: readonly ContractCase[] = storageContractCases,
): Promise<readonly CaseOutcome[]> {
  const outcomes: CaseOutcome[] = []
  for (const contractCase of cases) outcomes.push(await outcomeOf(contractCase, open, settings))
  return outcomes
}

async function outcomeOf(
  contractCase: ContractCase,
  open: OpenSubject,
  settings: ContractSettings,
): Promise<CaseOutcome> {
  const reason = contractCase.needs && settings.off[contractCase.needs]
  if (reason !== undefined) return { kind: 'skipped', case: contractCase, reason }
  try {
    await runCase(contractCase, open, settings)
    return { kind: 'kept', case: contractCase }
  } catch (error) {
    return { kind: 'broken', case: contractCase, error }
  }
}
