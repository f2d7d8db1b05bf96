/** A snapshot as storage holds it: opaque bytes, and the two facts that decide whether it is usable. */
export interface SnapshotRecord {
  /** The version of the state inside. */
  readonly sequence: number
  /** Hash of the spec it was made under; a snapshot of another spec is not used. */
  readonly specHash: string
  /** The envelope, see `encodeSnapshot`. */
  readonly bytes: Uint8Array
}
