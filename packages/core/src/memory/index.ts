// The in-memory storage: the whole storage contract in a few small files, to test on and to learn from.
export { openMemoryStorage } from './open-memory-storage.ts'
export type { MemoryStorage, MemoryStorageOptions } from './open-memory-storage.ts'
export { MemoryNetwork } from './memory-router.ts'
export type { MemoryNetworkOptions } from './memory-router.ts'
