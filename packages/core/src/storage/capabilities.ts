/** What a storage can do beyond the contract's core; the contract suite prints each flag that is off. */
export interface StorageCapabilities {
  /** Survives `close` and reopening. */
  readonly durable: boolean
  /** Survives a power cut, not only the death of the process. */
  readonly survivesPowerLoss: boolean
  /** Several processes may open it at once. */
  readonly shared: boolean
  /** UTF-8 bytes of JSON that one event may take; absent where it does not matter. A host allows no more. */
  readonly maxEventBytes?: number
}
