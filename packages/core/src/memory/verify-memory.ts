// Looks a memory storage through. Little can be wrong here that nobody damaged on purpose; it is the same report as a
// database gives, made in the simplest way.
import type { EntityEvent } from '../entity/event.ts'
import { decodeSnapshot } from '../snapshot/envelope.ts'
import type { EntityHead } from '../storage/storage.ts'
import { checkVerifyOptions, compareHead, isSampled } from '../storage/verify.ts'
import type { VerifyFinding, VerifyOptions, VerifyPart, VerifyReport } from '../storage/verify.ts'
import type { BlobShelf } from './blob-shelf.ts'
import type { Log } from './log.ts'
import type { Stream } from './stream.ts'

/** Everything a memory storage holds. */
export interface MemoryContents {
  readonly streams: Iterable<Stream>
  readonly blobs: BlobShelf
  readonly log: Log
}

/** See `Storage.verify`. */
export function verifyMemory(contents: MemoryContents, options: VerifyOptions): VerifyReport {
  checkVerifyOptions(options)
  const { signal, onProgress, maxFindings = 1_000 } = options
  const { log } = contents
  const streams = [...contents.streams]
  const blobs = [...contents.blobs.keys()]
  const read = blobs.filter(({ hash }) => isSampled(hash, options))
  const counts = { heads: 0, events: 0, snapshots: 0, references: 0, blobs: 0, blobsRead: 0 }
  const findings: VerifyFinding[] = []
  let isComplete = true
  const look = (part: VerifyPart, checked: number, check: () => readonly VerifyFinding[]): void => {
    isComplete &&= signal?.aborted !== true
    if (!isComplete) return
    if (part !== 'positions') counts[part] = checked
    if (part === 'blobs') counts.blobsRead = read.length
    findings.push(...check())
    onProgress?.({ part, checked, findings: findings.length })
  }
  const events = streams.reduce((total, stream) => total + stream.positions().length, 0)
  const references = blobs.reduce((total, blob) => total + blob.references, 0)
  look('heads', streams.length, () =>
    streams.flatMap((stream) => compareHead(stream.head(), lastEvent(stream))),
  )
  look('events', events, () => streams.flatMap(checkEvents))
  look('positions', Number(log.head), () => checkPositions(streams, log))
  look('snapshots', streams.filter(({ hasSnapshot }) => hasSnapshot).length, () =>
    streams.flatMap(checkSnapshot),
  )
  // A reference is kept with its content: none can dangle.
  look('references', references, () => [])
  look('blobs', blobs.length, () =>
    read.flatMap(({ tenant, hash }) => checkBlob(contents.blobs, tenant, hash)),
  )
  return {
    ...counts,
    positions: log.head,
    isComplete,
    findings: findings.slice(0, maxFindings),
    findingCount: findings.length,
  }
}

/** The newest event there is; one that is damaged is a finding of its own. */
function lastEvent(stream: Stream): EntityEvent | undefined {
  return [...stream.inspect()].map(([, found]) => found).findLast((found) => typeof found === 'object')
}

function checkEvents(stream: Stream): readonly VerifyFinding[] {
  const entity = keyOf(stream.head())
  const findings: VerifyFinding[] = []
  for (const [sequence, found] of stream.inspect()) {
    if (found === 'undecodable') findings.push({ kind: 'undecodable_event', entity, sequence })
    if (found === 'missing')
      findings.push({ kind: 'missing_events', entity, fromSequence: sequence, toSequence: sequence })
  }
  return findings
}

function checkPositions(streams: readonly Stream[], log: Log): readonly VerifyFinding[] {
  const taken = new Set(streams.flatMap((stream) => stream.positions()))
  const findings: VerifyFinding[] = []
  for (let position = 1n; position <= log.head; position++)
    if (!taken.has(position) && !log.isErased(position))
      findings.push({ kind: 'missing_positions', from: position, to: position })
  return findings
}

function checkSnapshot(stream: Stream): readonly VerifyFinding[] {
  const { snapshot } = stream
  if (snapshot === undefined) return []
  const entity = keyOf(stream.head())
  const decoded = decodeSnapshot({ type: entity.type, specHash: snapshot.specHash }, snapshot)
  if (decoded.kind === 'state') return []
  return [{ kind: 'unusable_snapshot', entity, sequence: snapshot.sequence, reason: decoded.reason }]
}

function checkBlob(blobs: BlobShelf, tenant: string, hash: string): readonly VerifyFinding[] {
  const reason = blobs.fault(tenant, hash)
  return reason === undefined ? [] : [{ kind: 'corrupt_blob', tenant, hash, reason }]
}

function keyOf({ tenant, type, id }: EntityHead) {
  return { tenant, type, id }
}
