// A connection that listens. On its own, beside the pool: it must stay open and see every notice.
import { Client } from 'pg'
import type { ClientConfig } from 'pg'
import type { NoticeConnection } from './engine.ts'

/** Connects and listens on a channel. */
export async function openPgNotices(
  config: ClientConfig,
  channel: string,
  onNotice: (payload: string) => void,
): Promise<NoticeConnection> {
  const client = new Client(config)
  const lost = new Promise<void>((resolve) => {
    client.on('error', () => resolve())
    client.on('end', () => resolve())
  })
  client.on('notification', ({ payload }) => onNotice(payload ?? ''))
  try {
    await client.connect()
    await client.query(`listen "${channel}"`)
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  return {
    lost,
    run: async (statement) => {
      await client.query(statement)
    },
    close: () => client.end().catch(() => {}),
  }
}
