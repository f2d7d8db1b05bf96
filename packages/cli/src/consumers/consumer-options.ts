import type { StorageOptions } from '../inspect/storage-options.ts'

/** Whose consumers are listed, and how. */
export interface ListConsumersOptions extends Pick<StorageOptions, 'storage' | 'schema'> {
  readonly json?: boolean
}

/** Where a consumer goes on; absent: from its checkpoint. */
export interface ResetConsumerOptions extends Pick<StorageOptions, 'storage' | 'schema'> {
  readonly to?: bigint | 'start' | 'head'
}
