import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { createHost } from '@perdure/actors'
import type { Host } from '@perdure/actors'
import type { EntityEvent, EntityHead } from '@perdure/core'
import { parseSpec } from '@perdure/spec-parser'
import { openStorage } from '@perdure/storage-pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { runCli } from './helpers/run-cli.ts'
import type { RunOptions } from './helpers/run-cli.ts'
import { makeWorkspace } from './helpers/workspace.ts'

const note = `[automaton]
name = "Note"
states = ["Open", "Closed"]
initial = "Open"
terminal = ["Closed"]

[[state]]
name = "edits"
type = "counter"

[[state]]
name = "text"
type = "string"
overflow_inline_max_bytes = 100

[[state]]
name = "draft"
type = "string"
overflow_inline_max_bytes = 100
overflow_ttl_seconds = 3600

[[state]]
name = "secret"
type = "string"
sensitive = true

[[action]]
name = "Edit"
from = ["Open"]
params = ["text", "draft", "secret"]
effect = "edits += 1"

[[action]]
name = "Close"
from = ["Open"]
to = "Closed"
params = ["reason"]
`
const longText = 'Ünïcödé '.repeat(400)

let database: TestDatabase
let host: Host

async function startHost(url: string): Promise<Host> {
  const { spec } = parseSpec(note)
  if (spec === undefined) throw new Error('the spec has errors')
  return createHost({ specs: [spec], storage: await openStorage(url) })
}

beforeAll(async () => {
  database = await createTestDatabase()
  host = await startHost(database.url)
  const first = await host.spawn('Note', { id: 'n-1' })
  await first.ask('Edit', { text: longText, secret: 'hunter2' })
  await first.ask('Edit', { draft: 'd'.repeat(500) })
  await first.ask('Close', { reason: 'done' })
  await host.spawn('Note', { id: 'n-2' })
  const gone = await host.spawn('Note', { id: 'n-3' })
  await gone.delete()
  await host.spawn('Note', { id: 'n-1', tenant: 'other' })
})

afterAll(async () => {
  await host.stop()
  await database.drop()
})

/** Runs a command against the database of this file, in a directory with the spec. */
async function inspect(argv: readonly string[], options: Partial<RunOptions> = {}) {
  const cwd = options.cwd ?? (await makeWorkspace({ 'entities/note.ioa.toml': note }))
  return runCli(argv, { cwd, env: { DATABASE_URL: database.url, ...options.env }, ...withoutPlace(options) })
}

function withoutPlace({ cwd: _cwd, env: _env, ...rest }: Partial<RunOptions>): Partial<RunOptions> {
  return rest
}

/** Something to wait for that another part of a test brings about. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

const linesOf = <Line>(text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)

describe('an empty PostgreSQL', () => {
  it.each([
    ['entities', 'Note'],
    ['history', 'Note', 'n-1'],
    ['tail', 'Note'],
  ])('answers %s with schema_missing, and stays empty', async (...argv) => {
    const empty = await createTestDatabase()
    onTestFinished(() => empty.drop())
    const tables = () =>
      empty.query<{ readonly name: string }>(
        "select nspname as name from pg_namespace where nspname not like 'pg\\_%' union all select relname from pg_class where relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema', 'pg_toast')",
      )
    const before = await tables()
    const cwd = await makeWorkspace({ 'note.ioa.toml': note })
    const { exitCode, stdout, stderr } = await runCli([...argv, '--storage', empty.url], { cwd })
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('error schema_missing: ')
    expect(stderr).toContain('  = a host creates the schema when it starts there first')
    expect(await tables()).toEqual(before)
  })
})

describe('entities', () => {
  it('lists the living entities of a type in order of id, with status and version', async () => {
    const { exitCode, stdout, stderr } = await inspect(['entities', 'Note'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const rows = stdout.trimEnd().split('\n')
    expect(rows[0]).toMatch(/^Id +Status +Version +Updated$/)
    expect(rows[1]).toMatch(/^n-1 +Closed +4 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(rows[2]).toMatch(/^n-2 +Open +1 /)
    expect(rows).toHaveLength(3)
  })

  it('narrows to a status, widens to deleted ones, stops at a limit, and speaks JSON lines', async () => {
    const ids = async (...argv: string[]) => {
      const { stdout } = await inspect(['entities', 'Note', '--json', ...argv])
      return linesOf<EntityHead>(stdout).map(({ id }) => id)
    }
    expect(await ids('--status', 'Open')).toEqual(['n-2'])
    expect(await ids('--deleted')).toEqual(['n-1', 'n-2', 'n-3'])
    expect(await ids('--limit', '1')).toEqual(['n-1'])
    expect(await ids('--tenant', 'other')).toEqual(['n-1'])
  })

  it('says so when there is none, and ends well', async () => {
    expect(await inspect(['entities', 'Nothing'])).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'no Nothing is stored\n',
    })
  })

  it('pages through more entities than one page holds', async () => {
    const storage = await openStorage(database.url, { schema: 'many' })
    const { spec } = parseSpec(note)
    const many = await createHost({ specs: spec === undefined ? [] : [spec], storage })
    await Promise.all(Array.from({ length: 1100 }, (_, index) => many.spawn('Note', { id: `m-${index}` })))
    await many.stop()
    const { stdout } = await inspect(['entities', 'Note', '--schema', 'many', '--json'])
    expect(new Set(linesOf<EntityHead>(stdout).map(({ id }) => id)).size).toBe(1100)
  })
})

describe('state', () => {
  it('shows status, version and fields, large ones as references, sensitive ones masked', async () => {
    const { exitCode, stdout } = await inspect(['state', 'Note', 'n-1'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^Note\/n-1 {2}Closed {2}version 4 /)
    expect(stdout).toMatch(/\n {2}edits +2\n/)
    expect(stdout).toMatch(/\n {2}reason +"done"\n/)
    expect(stdout).toMatch(/\n {2}text +<blob of 4\.8 KB; --hydrate shows it>\n/)
    expect(stdout).toMatch(/\n {2}draft +<blob of 502 B, until \d{4}-/)
    expect(stdout).toMatch(/\n {2}secret +"•••"\n/)
  })

  it('shows sensitive values only when asked to', async () => {
    expect((await inspect(['state', 'Note', 'n-1', '--json'])).stdout).not.toContain('hunter2')
    expect((await inspect(['state', 'Note', 'n-1', '--json', '--show-sensitive'])).stdout).toContain(
      'hunter2',
    )
    const field = ['state', 'Note', 'n-1', '--field', 'secret']
    expect(await inspect(field)).toMatchObject({ exitCode: 2, stdout: '' })
    expect((await inspect([...field, '--show-sensitive'])).stdout).toBe('hunter2')
  })

  it('equals what the host says, hydrated', async () => {
    const { stdout } = await inspect(['state', 'Note', 'n-1', '--hydrate', '--json', '--show-sensitive'])
    const state = await host.entity('Note', 'n-1').state({ hydrate: true })
    const { status, version, fields } = JSON.parse(stdout) as typeof state
    const { status: _status, ...expected } = state.fields
    expect({ status, version, fields }).toEqual({
      status: state.status,
      version: state.version,
      fields: expected,
    })
  })

  it('prints one field byte for byte, and adds a line break only for people', async () => {
    const argv = ['state', 'Note', 'n-1', '--field', 'text']
    expect((await inspect(argv)).stdout).toBe(longText)
    expect((await inspect(argv, { isTTY: true })).stdout).toBe(`${longText}\n`)
    expect((await inspect([...argv, '--json'])).stdout).toBe(`${JSON.stringify(longText)}\n`)
    expect((await inspect(['state', 'Note', 'n-1', '--field', 'edits'])).stdout).toBe('2')
  })

  it('reads a lost blob from the event that still has the value, and writes nothing', async () => {
    const cwd = await makeWorkspace({ 'note.ioa.toml': note })
    const scratch = await createTestDatabase()
    onTestFinished(() => scratch.drop())
    const own = await startHost(scratch.url)
    await (await own.spawn('Note', { id: 'x' })).ask('Edit', { text: longText })
    await own.stop()
    await scratch.query('delete from perdure.blob_refs')
    await scratch.query('delete from perdure.blobs')
    const env = { PERDURE_STORAGE: scratch.url }
    expect((await inspect(['state', 'Note', 'x', '--field', 'text'], { cwd, env })).stdout).toBe(longText)
    expect(await scratch.query('select 1 from perdure.blobs')).toEqual([])
  })

  it('says of an expired field that it has expired, and keeps the reference in a hydrated view', async () => {
    const clock = {
      now: () => Number.MAX_SAFE_INTEGER,
      setTimeout: () => undefined,
      clearTimeout: () => {},
    }
    const field = await inspect(['state', 'Note', 'n-1', '--field', 'draft'], { clock })
    expect(field).toMatchObject({ exitCode: 2, stdout: '' })
    expect(field.stderr).toContain('error field_unavailable: Note/n-1: field "draft" cannot be read')
    const state = await inspect(['state', 'Note', 'n-1', '--hydrate', '--json'], { clock })
    expect(state.exitCode).toBe(0)
    expect(state.stderr).toContain('note: Note/n-1: field "draft" cannot be read')
    expect(JSON.parse(state.stdout)).toMatchObject({
      fields: { draft: { $blob: { size: 502 } }, text: longText },
    })
  })

  it('ends with 1 for an entity that was never created and for a field that is not set', async () => {
    const entity = await inspect(['state', 'Note', 'n-9'])
    expect(entity.exitCode).toBe(1)
    expect(entity.stderr).toContain('error entity_not_found: Note/n-9 does not exist')
    const field = await inspect(['state', 'Note', 'n-1', '--field', 'txt'])
    expect(field.exitCode).toBe(1)
    expect(field.stderr).toContain("error field_not_set: the field 'txt' is not set")
  })

  it('suggests the nearest type, and needs the spec of it', async () => {
    const nearest = await inspect(['state', 'Noe', 'n-1'])
    expect(nearest.exitCode).toBe(2)
    expect(nearest.stderr).toContain("did you mean 'Note'?")
    const bare = await inspect(['state', 'Note', 'n-1'], { cwd: await makeWorkspace({}) })
    expect(bare.exitCode).toBe(2)
    expect(bare.stderr).toContain('error spec_not_found')
  })
})

describe('history', () => {
  it('is a table of what happened, with params shortened', async () => {
    const { exitCode, stdout } = await inspect(['history', 'Note', 'n-1'])
    expect(exitCode).toBe(0)
    const rows = stdout.trimEnd().split('\n')
    expect(rows[0]).toMatch(/^# +Time +Action +Status +Params$/)
    expect(rows[1]).toMatch(/^1 +\S+ \S+Z +Created +Open$/)
    expect(rows[2]).toMatch(/^2 .+ Edit +Open +text="Ünïcödé .+… \(4\.8 KB\) secret="•••"$/)
    expect(rows[4]).toMatch(/^4 .+ Close +Open → Closed +reason="done"$/)
  })

  it('fits the terminal', async () => {
    const { stdout } = await inspect(['history', 'Note', 'n-1'], {
      isTTY: true,
      columns: 100,
      env: { NO_COLOR: '1' },
    })
    for (const line of stdout.split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(100)
  })

  it('narrows to a range or to the newest', async () => {
    const sequences = async (...argv: string[]) =>
      linesOf<EntityEvent>((await inspect(['events', 'Note', 'n-1', ...argv])).stdout).map(
        ({ sequence }) => sequence,
      )
    expect(await sequences('--from', '2', '--to', '3')).toEqual([2, 3])
    expect(await sequences('--last', '2')).toEqual([3, 4])
    expect(await sequences('--last', '9', '--to', '2')).toEqual([1, 2])
    expect(await sequences('--from', '7')).toEqual([])
  })

  it('of an entity that was never created ends with 1', async () => {
    expect((await inspect(['history', 'Note', 'n-9'])).exitCode).toBe(1)
  })
})

describe('events', () => {
  it('are the stored events, whole, one JSON object a line', async () => {
    const { stdout } = await inspect(['events', 'Note', 'n-1', '--show-sensitive'])
    const events: EntityEvent[] = []
    for await (const event of host.entity('Note', 'n-1').history()) events.push(event)
    expect(linesOf<EntityEvent>(stdout)).toEqual(events)
  })

  it('keep sensitive values to themselves', async () => {
    expect((await inspect(['events', 'Note', 'n-1'])).stdout).not.toContain('hunter2')
  })

  it('can be read without specs, which is said', async () => {
    const { exitCode, stdout, stderr } = await inspect(['events', 'Note', 'n-1'], {
      cwd: await makeWorkspace({}),
    })
    expect(exitCode).toBe(0)
    expect(linesOf(stdout)).toHaveLength(4)
    expect(stderr).toContain('sensitive values are not masked without specs')
  })

  it('of several pages come whole and in order', async () => {
    const long = await host.spawn('Note', { id: 'long' })
    await Promise.all(Array.from({ length: 1200 }, () => long.ask('Edit')))
    const events = linesOf<EntityEvent>((await inspect(['events', 'Note', 'long'])).stdout)
    expect(events.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 1201 }, (_, index) => index + 1),
    )
  })
})

describe('tail', () => {
  it('prints each event once as it commits, those of new entities too, and ends well on Ctrl-C', async () => {
    const interruption = new AbortController()
    const cwd = await makeWorkspace({ 'note.ioa.toml': note })
    const [following, seen] = [gate(), gate()]
    const tail = runCli(['tail', '--interval', '20', '--json'], {
      cwd,
      env: { DATABASE_URL: database.url },
      signal: interruption.signal,
      onOutput: (stdout) => {
        if (stdout === '') following.open()
        if (stdout.includes('"Edit"')) seen.open()
        if (stdout.includes('"Close"')) interruption.abort()
      },
    })
    await following.opened
    const fresh = await host.spawn('Note', { id: 'tailed' })
    await fresh.ask('Edit', { secret: 'hunter3' })
    await seen.opened
    await fresh.ask('Close')
    const { exitCode, stdout, stderr } = await tail
    expect(exitCode).toBe(0)
    expect(stderr).toContain('following Note; Ctrl-C ends')
    expect(linesOf<EntityEvent>(stdout).map(({ action }) => action)).toEqual(['Created', 'Edit', 'Close'])
    expect(stdout).not.toContain('hunter3')
  })

  it('follows one entity only when told which', async () => {
    const interruption = new AbortController()
    const quiet = await host.spawn('Note', { id: 'quiet' })
    const loud = await host.spawn('Note', { id: 'loud' })
    const following = gate()
    const tail = inspect(['tail', 'Note', 'quiet', '--interval', '20'], {
      signal: interruption.signal,
      onOutput: (stdout) => {
        if (stdout === '') following.open()
        if (stdout.includes('Close')) interruption.abort()
      },
    })
    await following.opened
    await loud.ask('Edit')
    await quiet.ask('Close', { reason: 'enough' })
    const { stdout } = await tail
    expect(stdout).toMatch(/^\S+ \S+Z {2}Note\/quiet#2 {2}Close {2}Open → Closed {2}reason="enough"\n$/)
  })
})

describe('the storage', () => {
  it('is found in ./.perdure when nothing is said, and in use while a host has it', async () => {
    const cwd = await makeWorkspace({ 'note.ioa.toml': note })
    const own = await startHost(`pglite://${path.join(cwd, '.perdure')}`)
    await own.spawn('Note', { id: 'local' })
    const busy = await runCli(['entities', 'Note'], { cwd })
    expect(busy.exitCode).toBe(2)
    expect(busy.stderr).toContain('error storage_in_use')
    expect(busy.stderr).toContain('stop the program that has it open')
    await own.stop()
    expect((await runCli(['entities', 'Note'], { cwd })).stdout).toContain('local')
    const relative = ['entities', 'Note', '--storage', 'pglite://./.perdure']
    expect((await runCli(relative, { cwd })).stdout).toContain('local')
  })

  it('must be named otherwise', async () => {
    const { exitCode, stderr } = await runCli(['entities', 'Note'], { cwd: await makeWorkspace({}) })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error no_storage')
    expect(stderr).toContain('PERDURE_STORAGE')
  })

  it('is never made by looking', async () => {
    const cwd = await makeWorkspace({})
    await mkdir(path.join(cwd, 'empty'))
    for (const directory of ['nowhere', 'empty']) {
      const { exitCode, stderr } = await runCli(['entities', 'Note', '--storage', `pglite://${directory}`], {
        cwd,
      })
      expect(exitCode).toBe(2)
      expect(stderr).toContain('error storage_not_found')
    }
  })

  it('that does not answer is an error with a hint, and no password is shown', async () => {
    const url = 'postgres://user:opensesame@127.0.0.1:1/none'
    const { exitCode, stderr } = await inspect(['entities', 'Note', '--storage', url])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error storage_unavailable')
    expect(stderr).toContain('is the server running')
    expect(stderr).not.toContain('opensesame')
  })

  it('of a URL that makes no sense says what a URL looks like', async () => {
    const { exitCode, stderr } = await inspect(['entities', 'Note', '--storage', 'mysql://x'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error storage_misconfigured')
    expect(stderr).toContain("'pglite://./directory'")
  })
})
