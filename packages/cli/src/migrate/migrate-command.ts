// `perdure migrate`: the tables of a storage, created or brought up to date; or what that would do, as a list or a script.
import type { MigrationPlan } from '@perdure/storage-pg'
import { CliError } from '../errors/cli-error.ts'
import type { ExitCode } from '../exit-code.ts'
import { findUrl } from '../inspect/with-storage.ts'
import type { CliIo } from '../io.ts'
import { count } from '../terminal/words.ts'

/** Which schema to migrate, and whether to do it. */
export interface MigrateOptions {
  readonly storage?: string
  readonly schema?: string
  readonly dryRun?: boolean
  readonly sql?: boolean
  /** With `sql`: the version to start from, instead of the one that is found. */
  readonly from?: number
  readonly json?: boolean
}

/** Migrates, or says what would be done. */
export async function runMigrate(
  io: CliIo,
  url: string | undefined,
  options: MigrateOptions,
): Promise<ExitCode> {
  checkOptions(url, options)
  const isApplied = options.dryRun !== true && options.sql !== true
  const plan = await carryOut(io, url, options, isApplied)
  if (options.json === true) {
    const { script: _, ...rest } = plan
    io.stdout.write(`${JSON.stringify({ ...rest, applied: isApplied })}\n`)
  } else if (options.sql === true) {
    io.stdout.write(plan.script)
    if (plan.steps.length === 0) io.stderr.write(`${upToDate(plan)}\n`)
  } else io.stdout.write(`${describe(plan, isApplied)}\n`)
  return 0
}

function checkOptions(url: string | undefined, { storage, sql, from, json }: MigrateOptions): void {
  if (url !== undefined && storage !== undefined)
    throw new CliError('usage', 'the storage is named twice', { hint: 'give either the URL or --storage' })
  if (from !== undefined && sql !== true)
    throw new CliError('usage', '--from goes with --sql', {
      hint: 'what is applied starts where the schema stands',
    })
  if (sql === true && json === true)
    throw new CliError('usage', '--sql and --json are two forms of the same', {
      hint: 'with --dry-run --json the statements are there too',
    })
}

async function carryOut(
  io: CliIo,
  url: string | undefined,
  { storage, schema, from }: MigrateOptions,
  isApplied: boolean,
): Promise<MigrationPlan> {
  const { migrateStorage, planMigration, planMigrationFrom } = await import('@perdure/storage-pg')
  if (from !== undefined) {
    try {
      return planMigrationFrom(from, schema)
    } catch (error) {
      if (error instanceof RangeError) throw new CliError('usage', error.message)
      throw error
    }
  }
  const found = await findUrl(io, url ?? storage)
  return (isApplied ? migrateStorage : planMigration)(found, schema === undefined ? {} : { schema })
}

function describe(plan: MigrationPlan, isApplied: boolean): string {
  if (plan.steps.length === 0) return upToDate(plan)
  const steps = plan.steps.map(
    ({ version, name, statements }) => `  ${version}  ${name} (${count(statements.length, 'statement')})`,
  )
  const heading = `schema ${plan.schema}: ${isApplied ? 'brought' : 'would be brought'} from version ${plan.from} to ${plan.to}`
  return [heading, ...steps].join('\n')
}

function upToDate({ schema, to }: MigrationPlan): string {
  return `schema ${schema} is up to date (version ${to})`
}
