// The next batch of the write cycle, captured in one synchronous step: what is put from here on belongs to the batch after it.
import type { CommitUnit } from '@perdure/core'
import type { BatchRoom } from './batch-room.ts'
import type { PendingQueue, Taken } from './pending-queue.ts'
import type { SetAside } from './set-aside.ts'
import type { Writer } from './writer.ts'

/** A unit on its way, and whose it is. */
export interface Captured {
  readonly taken: Taken<Writer, Writer>
  readonly unit: CommitUnit
}

/** Where a batch comes from. */
export interface BatchSource {
  readonly queue: PendingQueue<Writer, Writer>
  readonly aside: SetAside
  /** Told of a writer whose unit could not even be made; it is in no batch. */
  readonly onFault: (writer: Writer, error: unknown) => void
}

/** Captures as much as there is room for, in order. What was set aside goes by itself, and exactly as it was captured. */
export function captureBatch({ queue, aside, onFault }: BatchSource, room: BatchRoom): readonly Captured[] {
  const captured: (CommitUnit | undefined)[] = []
  let isAlone = false
  const takenKeys = queue.take((writer) => {
    if (isAlone || room.isFull) return false
    const kept = aside.unitOf(writer)
    if (kept !== undefined && captured.some((unit) => unit !== undefined)) return false
    isAlone = kept !== undefined
    const unit = kept ?? capture(writer, room, onFault)
    if (unit === undefined && room.isFull) return false
    captured.push(unit)
    return true
  })
  const batch: Captured[] = []
  for (const [index, taken] of takenKeys.entries()) {
    const unit = captured[index]
    if (unit === undefined) queue.ack(taken)
    else batch.push({ taken, unit })
  }
  return batch
}

function capture(writer: Writer, room: BatchRoom, onFault: BatchSource['onFault']): CommitUnit | undefined {
  try {
    return writer.takeUnit(room)
  } catch (error) {
    onFault(writer, error)
    return undefined
  }
}
