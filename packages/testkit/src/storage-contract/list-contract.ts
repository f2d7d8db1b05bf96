import type { ContractCase, ContractSettings } from './contract-case.ts'
import { storageContractCases } from './storage-contract-cases.ts'

/** One line of what a runner prints of an adoption. */
export interface ContractLine {
  readonly title: string
  /** The case to run; undefined: nothing is, and the title says why. */
  readonly run?: ContractCase
}

/** Every feature that is off, said aloud with its reason, then every case; those that need such a feature say so too. */
export function listContract({ off }: Pick<ContractSettings, 'off'>): readonly ContractLine[] {
  const lacks = Object.entries(off).map(([feature, reason]) => ({ title: `[${feature} is off: ${reason}]` }))
  const cases = storageContractCases.map((contractCase) => {
    const reason = contractCase.needs && off[contractCase.needs]
    const title = `${contractCase.group}: ${contractCase.name}`
    return reason === undefined
      ? { title, run: contractCase }
      : { title: `${title} [${contractCase.needs} is off: ${reason}]` }
  })
  return [...lacks, ...cases]
}
