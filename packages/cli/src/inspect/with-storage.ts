// Opens the storage that is meant, and closes it whatever happens. Looking never makes a storage nor changes its schema: what
// is not there is an error.
import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Storage } from '@perdure/core'
import { CliError } from '../errors/cli-error.ts'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import type { StorageOptions } from './storage-options.ts'

const embedded = 'pglite://'
const usualDirectory = '.perdure'

/** Hands an open storage to `work`. @throws CliError `no_storage`, `storage_not_found`; StorageError */
export async function withStorage(
  io: CliIo,
  options: Pick<StorageOptions, 'storage' | 'schema'>,
  work: (storage: Storage) => Promise<ExitCode>,
): Promise<ExitCode> {
  const url = await findUrl(io, options.storage)
  const { openStorage } = await import('@perdure/storage-pg')
  const { schema } = options
  const storage = await openStorage(url, { migrate: false, ...(schema === undefined ? {} : { schema }) })
  try {
    return await work(storage)
  } finally {
    await storage.close()
  }
}

/** The URL of the storage that is meant. @throws CliError `no_storage`, `storage_not_found` */
export async function findUrl(io: CliIo, given: string | undefined): Promise<string> {
  const named = given ?? nonEmpty(io.env['PERDURE_STORAGE']) ?? nonEmpty(io.env['DATABASE_URL'])
  if (named !== undefined && (!named.startsWith(embedded) || named === `${embedded}memory`)) return named
  const directory = path.resolve(io.cwd, named?.slice(embedded.length) ?? usualDirectory)
  // The database is in `data`: opening any other directory would make one there.
  const isThere = await stat(path.join(directory, 'data')).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (isThere) return `${embedded}${directory}`
  if (named === undefined) throw noStorage()
  throw new CliError('storage_not_found', `there is no storage in ${directory}`, {
    hint: 'a host creates it when it starts there first; is the path right?',
  })
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

function noStorage(): CliError {
  return new CliError('no_storage', 'nothing says which storage is meant', {
    hint: "run your program first, which makes ./.perdure unless it is told otherwise; or pass --storage 'postgres://user:password@host/database' or 'pglite://./directory', or set PERDURE_STORAGE or DATABASE_URL",
  })
}
