// `perdure storage distribute`: the tables of a storage spread over the nodes of Citus, or the script that does it.
import type { ExitCode } from '../exit-code.ts'
import { findUrl } from '../inspect/with-storage.ts'
import type { CliIo } from '../io.ts'

/** Which schema to spread, and whether to do it. */
export interface DistributeOptions {
  readonly storage?: string
  readonly schema?: string
  readonly sql?: boolean
}

/** Spreads the tables, or prints how. */
export async function runDistribute(
  io: CliIo,
  { storage, schema, sql }: DistributeOptions,
): Promise<ExitCode> {
  const { distributeStorage, distributionScript } = await import('@perdure/storage-pg')
  if (sql === true) {
    io.stdout.write(distributionScript(schema))
    return 0
  }
  const places = await distributeStorage(await findUrl(io, storage), schema === undefined ? {} : { schema })
  io.stdout.write(`the tables are spread over the nodes:\n${places.map((line) => `  ${line}\n`).join('')}`)
  io.stdout.write('start the hosts again, connected to the coordinator\n')
  return 0
}
