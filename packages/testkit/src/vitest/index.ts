// What needs vitest: adopting the storage contract as a suite.
export { storageContract } from './storage-contract.ts'
export { replayProperties } from './replay-properties.ts'
export { perdureMatchers } from './to-hold.ts'
export type { Holdable } from './to-hold.ts'
