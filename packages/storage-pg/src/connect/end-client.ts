// Ends a connection that is not the pool's, also one whose other side is gone without a word.
import { Socket } from 'node:net'
import { Client } from 'pg'
import type { ClientConfig } from 'pg'

/** How long the server may take to close its side. */
const patienceMs = 2_000

/** A client, and a way to end it that takes no longer than a moment and never throws. */
export interface EndableClient {
  readonly client: Client
  readonly end: () => Promise<void>
}

/** Makes a client that is not connected yet. */
export function endableClient(config: ClientConfig): EndableClient {
  const socket = new Socket()
  const client = new Client({ ...config, stream: () => socket })
  const end = async (): Promise<void> => {
    // A server that vanished never closes its side, and the farewell would be waited for until the system gives up on it.
    const timer = setTimeout(() => socket.destroy(), patienceMs)
    await client.end().catch(() => {})
    clearTimeout(timer)
  }
  return { client, end }
}
