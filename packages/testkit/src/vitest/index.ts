// What needs vitest: adopting the storage contract as a suite.
export { storageContract } from './storage-contract.ts'
export { replayProperties } from './replay-properties.ts'
