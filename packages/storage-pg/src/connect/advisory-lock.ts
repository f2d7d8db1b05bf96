// A lock that the whole database knows, held over a connection of its own. It lasts as long as a transaction there: it cannot
// outlive its holder, nor stay behind in a pool (ours or a proxy's) on a connection that somebody else uses next.
import { Client } from 'pg'
import type { ClientConfig } from 'pg'

/** Takes the lock without waiting. @returns how to let go of it; undefined while somebody else has it */
export async function tryAdvisoryLock(
  connection: ClientConfig,
  name: string,
): Promise<(() => Promise<void>) | undefined> {
  const client = new Client(connection)
  // A lock that is lost with its connection costs nothing but order: whoever holds it does only what others may do too.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('begin')
    await client.query('set local idle_in_transaction_session_timeout = 0')
    // Without parameters: they would leave a portal open, and its snapshot would hold back vacuum for as long as the lock.
    const { rows } = await client.query<{ locked: boolean }>(
      `select pg_try_advisory_xact_lock(hashtextextended(${client.escapeLiteral(name)}, 0)) as locked`,
    )
    if (rows[0]?.locked === true) return () => end(client)
  } catch (error) {
    await end(client)
    throw error
  }
  await end(client)
  return undefined
}

/** Never throws: a connection that cannot be ended has ended. */
async function end(client: Client): Promise<void> {
  await client.end().catch(() => {})
}
