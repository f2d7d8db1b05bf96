// Where a router over NATS begins.
import { connect, nuid } from '@nats-io/transport-node'
import type { NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node'
import { RouterError, systemClock } from '@perdure/core'
import type { Clock, Router } from '@perdure/core'
import { NatsLine } from './nats-line.ts'
import { NatsRouter } from './nats-router.ts'

/** How to open a router over NATS. */
export interface NatsRouterOptions {
  /**
   * What all its subjects begin with: letters, digits, `_`, `-`, and dots between. One for each database (or deployment) on a
   * NATS server: hosts of one prefix hand each other commands. There is no default, for two databases would share it.
   */
  readonly prefix: string
  /**
   * Options of the NATS client (servers, credentials, TLS, …), or a connection that you have: that one stays open when the router
   * is closed. What the router asks for beyond the client's defaults: it connects again for ever, every half a second, and
   * notices within a minute that nobody is there.
   */
  readonly connection: NodeConnectionOptions | NatsConnection
  /** The largest body, in UTF-8 bytes; what is over the server's `max_payload` goes in parts. @defaultValue 32 MiB */
  readonly maxBodyBytes?: number
  /** Requests that wait for an answer at once, and as many under way at a seat. @defaultValue 10_000 */
  readonly maxWaiting?: number
  readonly clock?: Clock
}

const prefixPattern = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/

/** What differs from the client's defaults, which give up after ten tries and notice a dead server after six minutes. */
const connectionDefaults: NodeConnectionOptions = {
  name: 'perdure',
  maxReconnectAttempts: -1,
  reconnectTimeWait: 500,
  pingInterval: 20_000,
  noAsyncTraces: true,
}

/**
 * Opens a router through which hosts hand each other commands over NATS: give it to `createHost`. Needs a server of version 2.2
 * or later, and no JetStream; the user needs to publish and subscribe to `<prefix>.>`.
 *
 * @throws RouterError `router_unavailable` when no server can be reached (unless `connection` has `waitOnFirstConnect`);
 *   `router_misconfigured` for a prefix that is none, a server without headers, or subjects that the user may not use
 */
export async function openNatsRouter(options: NatsRouterOptions): Promise<Router> {
  const { prefix, connection: given, clock = systemClock } = options
  const { maxBodyBytes = 32 * 1024 * 1024, maxWaiting = 10_000 } = options
  if (!prefixPattern.test(prefix) || prefix.length > 255)
    throw new RouterError(
      'router_misconfigured',
      `${JSON.stringify(prefix)} cannot begin subjects: it takes letters, digits, _ and -, with dots between`,
      { details: { prefix } },
    )
  const isOwn = !isConnection(given)
  const connection = isOwn ? await connectTo(given) : given
  try {
    if (connection.info?.headers !== true)
      throw new RouterError(
        'router_misconfigured',
        'the NATS server is older than 2.2, or has headers switched off',
      )
    const id = nuid.next()
    const line = new NatsLine(connection, isOwn, `${prefix}.at.${id}`)
    await line.start()
    return new NatsRouter({ line, clock, seatPrefix: `${prefix}.to.`, id, maxBodyBytes, maxWaiting })
  } catch (error) {
    if (isOwn) await connection.close()
    throw error
  }
}

function isConnection(given: NodeConnectionOptions | NatsConnection): given is NatsConnection {
  return 'publish' in given
}

async function connectTo(options: NodeConnectionOptions): Promise<NatsConnection> {
  try {
    return await connect({ ...connectionDefaults, ...options })
  } catch (cause) {
    const servers = [options.servers ?? '127.0.0.1:4222'].flat().join(', ')
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new RouterError('router_unavailable', `NATS cannot be reached at ${servers}: ${message}`, { cause })
  }
}
