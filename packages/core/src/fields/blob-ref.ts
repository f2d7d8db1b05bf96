// A field's claim on a blob. Held out of band, beside the fields: a user value that looks like one is just a value.

/** A reference from a field to content-addressed bytes. */
export interface BlobRef {
  /** SHA-256 of the value's canonical JSON, lower-case hex. */
  readonly hash: string
  /** Length of the canonical JSON in UTF-8 bytes. */
  readonly size: number
  /** Sequence of the event that set the value. */
  readonly sequence: number
  /** When the claim ends, epoch milliseconds; absent: never. */
  readonly expiresAt?: number
}

/** Content on its way to storage. `bytes` is the canonical JSON in UTF-8, of which `hash` is the SHA-256. */
export interface BlobWrite {
  readonly hash: string
  readonly size: number
  readonly bytes: Uint8Array
}
