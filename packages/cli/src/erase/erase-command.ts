// `perdure erase`: removes an entity for good, once somebody has said that this is meant.
import { formatEntityKey, systemClock } from '@perdure/core'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { entityNotFound } from '../inspect/entity-not-found.ts'
import type { StorageOptions } from '../inspect/storage-options.ts'
import { withStorage } from '../inspect/with-storage.ts'
import { formatTime } from '../terminal/format-time.ts'
import { count } from '../terminal/words.ts'

/** Whose entity, and whether it is meant. */
export interface EraseOptions extends Pick<StorageOptions, 'storage' | 'schema' | 'tenant'> {
  /** Without it the command only says what it would do. */
  readonly yes?: boolean
  readonly by?: string
  readonly json?: boolean
}

/** Erases an entity. @returns 1 when it is not there, or nobody has said that it is meant */
export function runErase(io: CliIo, type: string, id: string, options: EraseOptions): Promise<ExitCode> {
  const entity = { tenant: options.tenant, type, id }
  const name = formatEntityKey(entity)
  return withStorage(io, options, async (storage) => {
    const [head] = await storage.readHeads([entity])
    if (head === undefined) throw entityNotFound(entity)
    if (options.yes !== true && head.erasedAt === undefined) {
      io.stderr.write(
        `${name} (${head.status}, version ${head.version}) would be erased for good, with its history and contents; --yes does it\n`,
      )
      return 1
    }
    const { by } = options
    const at = (io.clock ?? systemClock).now()
    const erasure = await storage.erase(entity, { at, ...(by === undefined ? {} : { by }) })
    if (erasure === undefined) throw entityNotFound(entity)
    if (options.json === true) io.stdout.write(`${JSON.stringify(erasure)}\n`)
    else {
      const { events, snapshots, references, blobs, erasedAt } = erasure
      const counts = [
        count(events, 'event'),
        count(snapshots, 'snapshot'),
        count(references, 'reference'),
        count(blobs, 'blob'),
      ]
      io.stdout.write(`${name} was erased at ${formatTime(erasedAt)}: ${counts.join(', ')}\n`)
    }
    return 0
  })
}
