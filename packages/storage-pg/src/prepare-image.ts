// Makes the image that prepared-image.ts reads. Run by scripts/prepare-pglite.mjs when the package is built.
import { Kysely } from 'kysely'
import { startPglite } from './connect/pglite.ts'
import { pgliteDialect } from './connect/pglite-dialect.ts'
import { defaultSchema, migrate } from './schema/migrate.ts'
import { tablesOf } from './schema/tables.ts'

/** Initialises a database in memory, applies every migration to the default schema, and dumps it as a tar archive. */
export async function prepareImage(): Promise<Buffer> {
  const pglite = await startPglite({})
  try {
    await migrate(new Kysely<unknown>({ dialect: pgliteDialect(pglite) }), tablesOf(defaultSchema))
    await pglite.exec('checkpoint')
    const archive = await pglite.dumpDataDir('none')
    return Buffer.from(await archive.arrayBuffer())
  } finally {
    await pglite.close()
  }
}
