// The router port: how hosts of one storage reach each other. core declares it, storage-pg and actors/nats implement it,
// memory/ teaches it, the host calls it. It carries text from one address to another and an answer back; what the text
// says, and that a command is carried out once, is the host's business (`routed-command`, `routed-reply`).
//
// What a router owes: a request reaches who has joined under its address, whole and as it was sent, and the answer comes
// back to whoever sent it. What one router sends to one address is handed over in the order in which it was sent. It may hand a
// request over more than once, and may lose one or its answer; it must not say `undelivered` of a request that somebody has, or
// may yet, come to see.
import type { RouterError } from './router-error.ts'

/** A request as it travels. */
export interface RouterRequest {
  /** Nobody else's, ever; the same each time a request is handed over, so that who answers knows it again. At most 255 bytes. */
  readonly id: string
  /** Any text without lone surrogates and NUL, of at most `maxBodyBytes`. */
  readonly body: string
}

/** How long a request may take. */
export interface SendOptions {
  /** From now until an answer must be here, milliseconds: as measured, not by the time of day. */
  readonly timeoutMs: number
  /** Gives up: `send` rejects with the signal's reason. Who has the request may still answer it. */
  readonly signal?: AbortSignal
}

/** What became of a request. */
export type RouterResult =
  /** The answer of whoever had it. */
  | { readonly kind: 'answered'; readonly body: string }
  /** Certain: nobody has seen it, and nobody will. Nobody is there, it is too large, too many wait, no connection. */
  | { readonly kind: 'undelivered'; readonly reason: string }
  /** No answer in time: it may have been carried out, or not, or may yet be. */
  | { readonly kind: 'unanswered'; readonly reason: string }

/** What comes with a request that is handed over. */
export interface AnswerContext {
  /**
   * Fires when the sender waits no longer, as far as can be told: its time is over, it gave up, the router closes. What has not
   * been begun by then should not be.
   */
  readonly signal: AbortSignal
}

/**
 * Answers one request. Many may be under way at once. Should it reject, the request stays unanswered; a text over
 * `maxBodyBytes` likewise.
 */
export type RouterAnswer = (request: RouterRequest, context: AnswerContext) => Promise<string>

/** A place under an address. */
export interface RouterSeat {
  /** Takes no more requests, waits until those under way have been answered, and goes. Idempotent. */
  leave(): Promise<void>
}

/**
 * Carries requests between hosts. Every method rejects with `RouterError`, and with nothing else but the reason of a signal;
 * after `close` with `router_closed`.
 */
export interface Router {
  /** UTF-8 bytes of the largest body it carries, either way. */
  readonly maxBodyBytes: number

  /** Why it does not carry anything just now; undefined while it does. It mends itself when it can. */
  readonly trouble: RouterError | undefined

  /**
   * Answers what is sent to an address from now on. An address is a text of 1 to 255 bytes, of letters, digits and `._~-`,
   * and has one seat at most anywhere.
   * Resolves once requests sent from anywhere reach it. @throws RouterError `address_taken`, as far as can be told
   */
  join(address: string, answer: RouterAnswer): Promise<RouterSeat>

  /**
   * Sends a request and waits for its answer. At most a bounded number wait at once; one more is `undelivered`. A request
   * whose time is over is not handed over any more, as far as the router can tell.
   */
  send(address: string, request: RouterRequest, options: SendOptions): Promise<RouterResult>

  /**
   * Gives up every seat without waiting for what is under way there, ends every wait as `unanswered`, lets go of connections.
   * Who wants answers to go out leaves the seat first. Idempotent.
   */
  close(): Promise<void>
}
