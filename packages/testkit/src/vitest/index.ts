// What needs vitest: suites to register, and matchers.
export { storageContract } from './storage-contract.ts'
export { routerContract } from './router-contract.ts'
export { replayProperties } from './replay-properties.ts'
export { perdureMatchers } from './matchers.ts'
export type { Holdable } from './matchers.ts'
