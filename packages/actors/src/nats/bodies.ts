// Bodies that are too long for one message, or for the moment: they stay with who has them, and are pulled part by part, from
// each router one body at a time. So however much is on its way to a router, the server never holds much of it, for who reads
// too slowly is cut off by NATS; nor does the router hold many that are not whole.
import type { Inbox, NatsLine } from './nats-line.ts'

/** Bytes of a part, at most. */
const maxPartBytes = 512 * 1024

/** The bodies that one router pulls. */
export class BodyPuller {
  readonly #line: NatsLine
  /** By router: the end of the last body that is pulled from it. */
  readonly #last = new Map<string, Promise<unknown>>()

  constructor(line: NatsLine) {
    this.#line = line
  }

  /**
   * The body that lies behind an inbox; undefined when it cannot be had any more.
   *
   * @param size - what it was said to be, bytes
   */
  pull(from: string, size: number, signal: AbortSignal): Promise<string | undefined> {
    return this.#inTurn(routerOf(from), () => this.#pull(from, size, signal))
  }

  async #pull(from: string, size: number, signal: AbortSignal): Promise<string | undefined> {
    const parts: Buffer[] = []
    let bytes = 0
    while (bytes < size) {
      const part = await this.#pullPart(from, bytes, signal)
      if (part === undefined || part.length === 0) return undefined
      parts.push(part)
      bytes += part.length
    }
    return bytes === size ? Buffer.concat(parts).toString() : undefined
  }

  async #inTurn<Value>(router: string, work: () => Promise<Value>): Promise<Value> {
    const mine = (this.#last.get(router) ?? Promise.resolve()).then(work)
    this.#last.set(router, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(router) === mine) this.#last.delete(router)
    }
  }

  #pullPart(from: string, at: number, signal: AbortSignal): Promise<Buffer | undefined> {
    return new Promise((resolve) => {
      const end = (part?: Buffer): void => {
        inbox.close()
        signal.removeEventListener('abort', giveUp)
        resolve(part)
      }
      const giveUp = (): void => end()
      const inbox = this.#line.openInbox({
        // Bytes of a message live in the buffer of what was read with it, which would be kept as long as the part is.
        onFrame: (frame, carried) =>
          end(frame.kind === 'part' && frame.at === at ? Buffer.from(carried) : undefined),
        onNobody: giveUp,
        onLost: giveUp,
      })
      signal.addEventListener('abort', giveUp)
      if (signal.aborted || !this.#line.publish(from, { kind: 'pull', at }, undefined, inbox)) end()
    })
  }
}

/** Publishes the part of a body that was asked for. */
export function givePart(line: NatsLine, body: Uint8Array, at: number, to: string): void {
  const end = at + Math.min(maxPartBytes, line.maxCarriedBytes)
  line.publish(to, { kind: 'part', at }, body.subarray(at, end))
}

/** Holds a body out behind an inbox until everything of it was given, or nobody wants it. */
export function holdOut(line: NatsLine, body: Uint8Array, onEnd: () => void): Inbox {
  const inbox = line.openInbox({
    onFrame: (frame, _, replyTo) => {
      if (frame.kind !== 'pull') return onEnd()
      givePart(line, body, frame.at, replyTo)
      if (frame.at + Math.min(maxPartBytes, line.maxCarriedBytes) >= body.length) onEnd()
    },
    onNobody: onEnd,
    onLost: onEnd,
  })
  return inbox
}

/** The router that an inbox belongs to: an inbox without its number. */
export function routerOf(inbox: string): string {
  return inbox.slice(0, inbox.lastIndexOf('.'))
}
