// A connection that listens. On its own, beside the pool: it must stay open and see every notice.
import type { ClientConfig } from 'pg'
import { endableClient } from './end-client.ts'
import type { NoticeConnection } from './engine.ts'
import { sessionKeepalive } from './session-settings.ts'

/** Connects and listens on a channel. */
export async function openPgNotices(
  config: ClientConfig,
  channel: string,
  onNotice: (payload: string) => void,
): Promise<NoticeConnection> {
  const { client, end } = endableClient(config)
  const lost = new Promise<void>((resolve) => {
    client.on('error', () => resolve())
    client.on('end', () => resolve())
  })
  client.on('notification', ({ payload }) => onNotice(payload ?? ''))
  try {
    await client.connect()
    await client.query(sessionKeepalive)
    await client.query(`listen "${channel}"`)
  } catch (error) {
    await end()
    throw error
  }
  return {
    lost,
    run: async (statement) => {
      await client.query(statement)
    },
    close: end,
  }
}
