// Storages under test: a schema each, on one PGlite of the test file, or a schema each on the run's server.
import { randomUUID } from 'node:crypto'
import type { Storage } from '@perdure/core'
import type { ContractSubject } from '@perdure/testkit'
import { sql } from 'kysely'
import type { Engine } from '../src/connect/engine.ts'
import { openSchema } from '../src/open-storage.ts'

/** Opens storages on a shared engine, a schema a subject; closing one leaves the engine open. */
export async function openSubject(engine: Engine, openEngine: () => Engine): Promise<ContractSubject> {
  const schema = `s_${randomUUID().replaceAll('-', '')}`
  const opened: Storage[] = []
  const open = async (): Promise<Storage> => {
    const storage = await openSchema(openEngine(), { schema })
    opened.push(storage)
    return storage
  }
  const storage = await open()
  return {
    storage,
    openAnother: open,
    reopen: async () => {
      await storage.close()
      return open()
    },
    tamper: {
      deleteBlob: async (tenant, hash) => {
        await sql`delete from ${sql.id(schema, 'blob_refs')} where tenant = ${tenant} and hash = ${Buffer.from(hash, 'hex')}`.execute(
          engine.database,
        )
        await sql`delete from ${sql.id(schema, 'blobs')} where tenant = ${tenant} and hash = ${Buffer.from(hash, 'hex')}`.execute(
          engine.database,
        )
      },
      corruptBlob: async (tenant, hash) => {
        await sql`update ${sql.id(schema, 'blobs')} set body = set_byte(body, 0, get_byte(body, 0) # 255)
          where tenant = ${tenant} and hash = ${Buffer.from(hash, 'hex')}`.execute(engine.database)
      },
    },
    close: async () => {
      for (const each of opened) await each.close()
      await sql`drop schema ${sql.id(schema)} cascade`.execute(engine.database)
    },
  }
}

/** The same engine, but closing it does nothing: for storages that share it. */
export function unowned(engine: Engine): Engine {
  return { ...engine, close: async () => {} }
}
