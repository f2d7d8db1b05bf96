// The snapshot envelope: what a stored snapshot says of itself, and how damage shows. A header line of JSON, a newline,
// and the body; the checksum covers everything but itself, so any flipped bit and any cut is seen.
import type { EntityState } from '../entity/entity-state.ts'
import { hashContent } from '../fields/content-hash.ts'
import { decodeState, encodeState } from './state-codec.ts'
import type { SnapshotRecord } from './snapshot-record.ts'

/** Version of the envelope and of the state encoding inside. */
export const snapshotFormat = 1

/** Whose snapshot it is. */
export interface SnapshotIdentity {
  readonly type: string
  readonly specHash: string
}

/** Why a snapshot is not usable. */
export type SnapshotFault = 'corrupt' | 'unknown_format' | 'other_spec' | 'other_type'

/** A snapshot read back, or why it is not usable; an unusable one is rebuilt from events. */
export type SnapshotDecoding =
  | { readonly kind: 'state'; readonly state: EntityState }
  | { readonly kind: 'unusable'; readonly reason: SnapshotFault }

interface Header {
  readonly format: number
  readonly type: string
  readonly specHash: string
  readonly sequence: number
  readonly codec: 'json'
}

/** Puts a state in its envelope. */
export function encodeSnapshot(identity: SnapshotIdentity, state: EntityState): SnapshotRecord {
  const { type, specHash } = identity
  const header: Header = { format: snapshotFormat, type, specHash, sequence: state.version, codec: 'json' }
  const content = `${JSON.stringify(header)}\n${encodeState(state)}`
  const bytes = Buffer.from(`${hashContent(content)}\n${content}`, 'utf8')
  return { sequence: state.version, specHash, bytes }
}

/** Takes a state out of its envelope, after verifying checksum, format, type and spec hash. Never throws. */
export function decodeSnapshot(identity: SnapshotIdentity, record: SnapshotRecord): SnapshotDecoding {
  const bytes = Buffer.from(record.bytes.buffer, record.bytes.byteOffset, record.bytes.byteLength)
  const content = bytes.subarray(checksumLength + 1)
  const checksum = bytes.subarray(0, checksumLength + 1).toString('latin1')
  if (checksum !== `${hashContent(content)}\n`) return { kind: 'unusable', reason: 'corrupt' }
  try {
    return decodeContent(identity, record, content)
  } catch {
    return { kind: 'unusable', reason: 'corrupt' }
  }
}

/** Past the checksum; throws when what it covers was never an envelope. */
function decodeContent(
  identity: SnapshotIdentity,
  record: SnapshotRecord,
  content: Buffer,
): SnapshotDecoding {
  const end = content.indexOf('\n')
  const header = JSON.parse(content.subarray(0, end).toString('utf8')) as Header
  if (header.format !== snapshotFormat || header.codec !== 'json')
    return { kind: 'unusable', reason: 'unknown_format' }
  if (header.type !== identity.type) return { kind: 'unusable', reason: 'other_type' }
  if (header.specHash !== identity.specHash) return { kind: 'unusable', reason: 'other_spec' }
  if (header.sequence !== record.sequence) return { kind: 'unusable', reason: 'corrupt' }
  return { kind: 'state', state: decodeState(content.subarray(end + 1).toString('utf8')) }
}

/** Hex digits of SHA-256. */
const checksumLength = 64
