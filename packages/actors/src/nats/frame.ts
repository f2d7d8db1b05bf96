// What travels in one NATS message: a line of JSON that says what it is, and the bytes of a body or of a part of one. Written
// and read by the router's own kind only; what is not understood is not read.

/** To whoever has a seat under an address. */
export type SeatFrame =
  /** A request with its body. `ms` is how long its sender waits. */
  | { readonly kind: 'ask'; readonly id: string; readonly ms: number }
  /** A request whose body of so many bytes lies with its sender, to be pulled. */
  | { readonly kind: 'offer'; readonly id: string; readonly ms: number; readonly size: number }
  /** The sender of the request with this inbox waits no longer. */
  | { readonly kind: 'over'; readonly inbox: string }
  /** Somebody wants the address. */
  | { readonly kind: 'claim'; readonly by: string }

/** To one inbox of a router. */
export type InboxFrame =
  /** The answer, whole. */
  | { readonly kind: 'answer' }
  /** There is an answer of so many bytes, to be pulled. */
  | { readonly kind: 'held'; readonly size: number }
  /** Nobody has seen the request, and nobody will. */
  | { readonly kind: 'declined'; readonly reason: string }
  /** There will be no answer. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** Asks for a part of a body, from this byte on. */
  | { readonly kind: 'pull'; readonly at: number }
  /** The part that was asked for. */
  | { readonly kind: 'part'; readonly at: number }
  /** What was to be pulled is not there any more, or nobody wants it. */
  | { readonly kind: 'gone' }
  /** Somebody has the address that was claimed. */
  | { readonly kind: 'taken' }

/** Version of the frames. Others are not read. */
const version = 1

/** Bytes that a frame takes beside what it carries, at most: an id of 255 bytes can be six times as long in JSON. */
export const maxHeadBytes = 2_048

const empty = Buffer.alloc(0)

/** A message of the frame and what it carries. */
export function encodeFrame(frame: SeatFrame | InboxFrame, carried: Uint8Array = empty): Uint8Array {
  const head = Buffer.from(`${JSON.stringify({ v: version, ...frame })}\n`)
  return carried.length === 0 ? head : Buffer.concat([head, carried])
}

/** The frame of a message and what it carries; undefined when it is none, or of another version. */
export function decodeFrame(
  message: Uint8Array,
): { readonly frame: SeatFrame | InboxFrame; readonly carried: Buffer } | undefined {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  const end = bytes.indexOf('\n')
  if (end === -1) return undefined
  try {
    const frame = JSON.parse(bytes.toString('utf8', 0, end)) as unknown
    return isFrame(frame) ? { frame, carried: bytes.subarray(end + 1) } : undefined
  } catch {
    return undefined
  }
}

function isFrame(value: unknown): value is SeatFrame | InboxFrame {
  if (typeof value !== 'object' || value === null) return false
  const frame = value as Record<string, unknown>
  const isText = (name: string): boolean => typeof frame[name] === 'string'
  const isCount = (name: string): boolean => Number.isSafeInteger(frame[name]) && Number(frame[name]) >= 0
  if (frame['v'] !== version) return false
  switch ((value as SeatFrame | InboxFrame).kind) {
    case 'ask':
      return isText('id') && typeof frame['ms'] === 'number'
    case 'offer':
      return isText('id') && typeof frame['ms'] === 'number' && isCount('size')
    case 'over':
      return isText('inbox')
    case 'claim':
      return isText('by')
    case 'declined':
    case 'failed':
      return isText('reason')
    case 'held':
      return isCount('size')
    case 'pull':
    case 'part':
      return isCount('at')
    case 'answer':
    case 'gone':
    case 'taken':
      return true
    default:
      return false
  }
}
