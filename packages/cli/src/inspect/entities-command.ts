// `perdure entities`: which entities of a type there are, and where they stand.
import type { EntityHead, Storage } from '@perdure/core'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { formatTime } from '../terminal/format-time.ts'
import { paintFor } from '../terminal/paint.ts'
import { printTable } from '../terminal/print-table.ts'
import type { StorageOptions } from './storage-options.ts'
import { withStorage } from './with-storage.ts'

/** Which entities to list, and how. */
export interface EntitiesOptions extends StorageOptions {
  readonly status?: string
  /** Deleted ones too. */
  readonly deleted?: boolean
  readonly limit?: number
  readonly json?: boolean
}

const entitiesPerPage = 500

/** Lists entities in order of id, as a table or one JSON object a line. */
export function runEntities(io: CliIo, type: string, options: EntitiesOptions): Promise<ExitCode> {
  const paint = paintFor(io.stdout, io.env)
  return withStorage(io, options, async (storage) => {
    let count = 0
    for await (const heads of listPages(storage, type, options)) {
      count += heads.length
      if (options.json === true) io.stdout.write(heads.map((head) => `${JSON.stringify(head)}\n`).join(''))
      else io.stdout.write(printTable(['Id', 'Status', 'Version', 'Updated'], heads.map(rowOf), paint))
      await io.stdout.ready()
    }
    if (count === 0)
      io.stderr.write(`no ${type} is stored${options.status === undefined ? '' : ` in ${options.status}`}\n`)
    return 0
  })
}

function rowOf({ id, status, version, updatedAt, deletedAt }: EntityHead): readonly string[] {
  return [
    id,
    deletedAt === undefined ? status : `${status} (deleted)`,
    String(version),
    formatTime(updatedAt),
  ]
}

/** Pages of entities of a type, none of them empty. */
async function* listPages(
  storage: Storage,
  type: string,
  { tenant, status, deleted = false, limit = Infinity }: EntitiesOptions,
): AsyncGenerator<readonly EntityHead[]> {
  let afterId: string | undefined
  for (let left = limit; left > 0;) {
    const page = await storage.listEntities({
      tenant,
      type,
      includeDeleted: deleted,
      limit: Math.min(left, entitiesPerPage),
      ...(status === undefined ? {} : { status }),
      ...(afterId === undefined ? {} : { afterId }),
    })
    if (page.length === 0) return
    yield page
    left -= page.length
    afterId = page.at(-1)?.id
  }
}
