// How much room a command takes, for the bounds of what is on its way. An estimate: no text is written for it.
import type { Command, JsonValue } from '@perdure/core'
import type { PendingEvent } from './pending-command.ts'

/** What a command takes beside its payload: ids, names, the places it is noted in. */
const overheadBytes = 256

/** Made once a command, when it is taken over. */
export function estimateCommandBytes(command: Command): number {
  switch (command.kind) {
    case 'action':
      return overheadBytes + estimateJsonBytes(command.params)
    case 'create':
    case 'updateFields':
      return overheadBytes + estimateJsonBytes(command.fields)
    case 'delete':
      return overheadBytes
  }
}

/** What an event takes of a batch: its command's payload, and the contents that go beside it. */
export function estimateEventBytes({ request, overflow }: PendingEvent): number {
  let bytes = request.bytes ?? estimateCommandBytes(request.command)
  for (const content of overflow) bytes += content.bytes.length
  return bytes
}

/** Characters stand for bytes, and every other scalar for eight. */
function estimateJsonBytes(value: JsonValue): number {
  if (typeof value === 'string') return value.length + 2
  if (typeof value !== 'object' || value === null) return 8
  let bytes = 2
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) bytes += estimateJsonBytes(item) + 1
    return bytes
  }
  const object = value as { readonly [key: string]: JsonValue }
  // As in jsonSize: `for … in` makes no list of entries.
  for (const key in object) bytes += key.length + 4 + estimateJsonBytes(object[key] as JsonValue)
  return bytes
}
