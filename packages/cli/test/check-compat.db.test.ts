// `perdure check-compat`: the specs alone, and with every history that a PostgreSQL holds.
import { createHost } from '@perdure/actors'
import { parseSpec } from '@perdure/spec-parser'
import { openStorage } from '@perdure/storage-pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { runCli } from './helpers/run-cli.ts'
import type { RunOptions, RunResult } from './helpers/run-cli.ts'
import { makeWorkspace } from './helpers/workspace.ts'

const old = `[automaton]
name = "Ticket"
states = ["New", "Active", "Done"]
initial = "New"
terminal = ["Done"]

[[state]]
name = "notes"
type = "counter"

[[state]]
name = "msg"
overflow_inline_max_bytes = 64

[[action]]
name = "Begin"
from = ["New"]
to = "Active"

[[action]]
name = "Note"
from = ["Active"]
params = ["msg", "tone"]
effect = "notes += 1"

[[action]]
name = "End"
from = ["Active"]
to = "Done"
guard = "len(msg) > 1"
`
const version2 = (text: string): string => text.replace('name = "Ticket"', 'name = "Ticket"\nversion = 2')
/** Everything is called something else, and said to be. */
const renamed = `${version2(old)
  .replaceAll('Active', 'Open')
  .replaceAll('msg', 'text')
  .replaceAll('"End"', '"Close"')
  .replaceAll('notes', 'remarks')}
[[upcast]]
from_version = 1
rename_status = { Active = "Open" }
rename_action = { End = "Close" }
rename_param = { msg = "text" }
rename_variable = { msg = "text", notes = "remarks" }
`

let database: TestDatabase
let schema = 's0'

beforeAll(async () => {
  database = await createTestDatabase()
})
beforeEach(() => {
  schema = `s${Number(schema.slice(1)) + 1}`
})
afterAll(() => database.drop())

async function compare(
  next: string,
  argv: readonly string[] = [],
  options: Partial<RunOptions> = {},
): Promise<RunResult> {
  const cwd = await makeWorkspace({ 'old.ioa.toml': old, 'new.ioa.toml': next })
  return runCli(['check-compat', 'old.ioa.toml', 'new.ioa.toml', ...argv], { cwd, ...options })
}

/** Two tickets of two tenants that were lived through to the end, and one that has begun. */
async function live(): Promise<readonly string[]> {
  const storage = await openStorage(database.url, { schema })
  const { spec } = parseSpec(old)
  if (spec === undefined) throw new Error('the old spec is wrong')
  const host = await createHost({ specs: [spec], storage })
  for (const [tenant, id] of [
    ['default', 't-1'],
    ['other', 't-2'],
    ['default', 't-3'],
  ] as const) {
    const ref = await host.spawn('Ticket', { id, tenant })
    await ref.ask('Begin')
    await ref.ask('Note', { msg: id === 't-2' ? 'long '.repeat(50) : 'hi', tone: 'dry' })
    if (id !== 't-3') await ref.ask('End')
  }
  await host.stop()
  return ['--storage', database.url, '--schema', schema]
}

describe('check-compat without a storage', () => {
  it('ends with 0 when nothing differs, and when everything that does was renamed', async () => {
    for (const next of [old, renamed]) {
      const { exitCode, stdout, stderr } = await compare(next)
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      expect(stdout).toBe('The specs differ in nothing that matters.\n')
    }
  })

  it('ends with 1 and says what is gone, and what to do', async () => {
    const { exitCode, stdout } = await compare(
      old.replaceAll('notes', 'remarks').replace('["msg", "tone"]', '["msg"]'),
    )
    expect(exitCode).toBe(1)
    expect(stdout).toContain(
      'difference variable_removed: the variable notes is gone\n  = rename it in an [[upcast]]',
    )
    expect(stdout).toContain('difference param_removed: Note takes no tone any more')
  })

  it('prints JSON for other programs', async () => {
    const { stdout } = await compare(old.replaceAll('notes', 'remarks'), ['--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      record: 'difference',
      kind: 'variable_removed',
      variable: 'notes',
    })
  })

  it('ends with 2 when the specs are of two types, or one has errors', async () => {
    expect(await compare(old.replace('"Ticket"', '"Order"'))).toMatchObject({ exitCode: 2 })
    expect((await compare(`${old}[[nonsense]]`)).exitCode).not.toBe(0)
  })
})

describe('check-compat with a storage', () => {
  it('ends with 0 when every history reads the same, overflowed values included', async () => {
    const { exitCode, stdout, stderr } = await compare(renamed, await live())
    expect({ exitCode, stderr, stdout }).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: '0 divergences in 3 entities, 11 events.\n',
    })
  })

  it('shows the first event of each entity that the new spec would refuse', async () => {
    const stricter = version2(old).replace('len(msg) > 1', 'len(msg) > 9')
    const argv = await live()
    const { exitCode, stdout } = await compare(stricter, argv)
    expect(exitCode).toBe(1)
    expect(stdout.trim().split('\n')).toHaveLength(2)
    expect(stdout).toContain(
      'divergence refused: Ticket/t-1: event 4 (End): the new spec would refuse it: guard_failed',
    )
    expect(stdout).toContain('1 divergence in 3 entities, 11 events.')
    expect(await compare(stricter, [...argv, '--no-decisions'])).toMatchObject({ exitCode: 0 })
  })

  it('shows where the outcome, or what is replayed, would be another', async () => {
    const argv = await live()
    const twice = await compare(version2(old).replace('notes += 1', 'notes += 2'), argv)
    expect(twice.stdout).toContain(
      'Ticket/t-1: event 3 (Note): asked again, the field notes has another value',
    )
    const forgotten = renamed.replace('rename_status = { Active = "Open" }\n', '')
    const { exitCode, stdout } = await compare(forgotten, [...argv, '--no-decisions'])
    expect(exitCode).toBe(1)
    expect(stdout).toContain(
      'Ticket/t-1: event 2 (Begin): replayed, the status is Active, which the new spec does not have',
    )
    expect(stdout).toContain('other:Ticket/t-2: event 2')
  })

  it('looks at one tenant, at a sample, and shows no more than asked for', async () => {
    const argv = await live()
    const twice = version2(old).replace('notes += 1', 'notes += 2')
    expect((await compare(twice, [...argv, '--tenant', 'other'])).stdout).toContain(
      '1 divergence in 1 entity',
    )
    const sampled = await compare(twice, [...argv, '--sample', '2'])
    expect(sampled.stdout).toContain('2 divergences in 2 entities')
    expect((await compare(twice, [...argv, '--sample', '2'])).stdout).toBe(sampled.stdout)
    expect((await compare(twice, [...argv, '-n', '1'])).stdout).toContain(
      '… and 2 more divergences; --limit shows more',
    )
  })

  it('says which events a spec cannot read', async () => {
    const argv = await live()
    const merged = renamed.replace('rename_param = { msg = "text" }', 'rename_param = { msg = "tone" }')
    const { stdout } = await compare(merged, [...argv, '--json'])
    const records = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(records[0]).toMatchObject({
      record: 'divergence',
      sequence: 3,
      what: { kind: 'unreadable', by: 'new', code: 'upcast_failed' },
    })
    expect(records.at(-1)).toEqual({ record: 'summary', entities: 3, events: 9, unknown: 0, divergences: 3 })
  })

  it('ends with 2 when it is interrupted, or the storage is not there', async () => {
    const argv = await live()
    expect(await compare(renamed, argv, { signal: AbortSignal.abort() })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('interrupted') as string,
    })
    expect(await compare(renamed, ['--storage', 'pglite://./nowhere'])).toMatchObject({ exitCode: 2 })
  })
})
