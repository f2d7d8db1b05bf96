// A lock that the whole database knows, held over a connection of its own. It lasts as long as a transaction there: it cannot
// outlive its holder, nor stay behind in a pool (ours or a proxy's) on a connection that somebody else uses next. The holder
// says now and then that it is there, and the server ends the transaction of one that has gone silent: a host that lost its
// network, or stalls, keeps the lock from others no longer than it may keep any other lock.
import type { Client, ClientConfig } from 'pg'
import { endableClient } from './end-client.ts'
import { sessionKeepalive } from './session-settings.ts'

/**
 * Takes the lock without waiting.
 *
 * @param silenceMs - how long its holder may say nothing; 0 is without limit
 * @returns how to let go of it; undefined while somebody else has it
 */
export async function tryAdvisoryLock(
  connection: ClientConfig,
  name: string,
  silenceMs: number,
): Promise<(() => Promise<void>) | undefined> {
  const { client, end } = endableClient(connection)
  // A lock that is lost with its connection costs nothing but order: whoever holds it does only what others may do too.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(sessionKeepalive)
    await client.query('begin')
    await client.query(`set local idle_in_transaction_session_timeout = ${Math.ceil(silenceMs)}`)
    // Without parameters: they would leave a portal open, and its snapshot would hold back vacuum for as long as the lock.
    const { rows } = await client.query<{ locked: boolean }>(
      `select pg_try_advisory_xact_lock(hashtextextended(${client.escapeLiteral(name)}, 0)) as locked`,
    )
    if (rows[0]?.locked === true) {
      const stop = silenceMs > 0 ? keepSayingSo(client, silenceMs / 3) : undefined
      return () => {
        stop?.()
        return end()
      }
    }
  } catch (error) {
    await end()
    throw error
  }
  await end()
  return undefined
}

/** Asks for nothing, again and again; one that is not answered is followed by no other. */
function keepSayingSo(client: Client, everyMs: number): () => void {
  let isAnswered = true
  const timer = setInterval(() => {
    if (!isAnswered) return
    isAnswered = false
    void client.query('select').then(
      () => (isAnswered = true),
      () => clearInterval(timer),
    )
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
