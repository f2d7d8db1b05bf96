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
