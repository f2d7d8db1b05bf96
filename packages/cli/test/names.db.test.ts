// Under which names commands show events that older versions of a spec decided.
import { createHost } from '@perdure/actors'
import type { EntityEvent } from '@perdure/core'
import { parseSpec } from '@perdure/spec-parser'
import { openStorage } from '@perdure/storage-pg'
import { expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import { runCli } from './helpers/run-cli.ts'
import { makeWorkspace } from './helpers/workspace.ts'

/** A note in three ages: what is edited was typed, and changed before that. */
const note = (version: number, action: string, upcasts: string): string => `[automaton]
name = "Note"
version = ${version}
states = ["Open"]
initial = "Open"

[[action]]
name = "${action}"
params = ["text"]
${upcasts}`
const first = note(1, 'Change', '')
const toSecond = '[[upcast]]\nfrom_version = 1\nrename_action = { Change = "Type" }\n'
const second = note(2, 'Type', toSecond)
const third = note(3, 'Edit', `${toSecond}[[upcast]]\nfrom_version = 2\nrename_action = { Type = "Edit" }\n`)

async function ask(url: string, text: string, action: string): Promise<void> {
  const { spec, issues } = parseSpec(text)
  if (spec === undefined) throw new Error(issues.map(({ message }) => message).join('\n'))
  await using host = await createHost({ specs: [spec], storage: await openStorage(url) })
  await host.spawn('Note', { id: 'n-1', ifAbsent: true })
  await host.entity('Note', 'n-1').ask(action, { text: '…' })
}

it('history and tail show events of three versions as today names them, events as they are stored', async () => {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  await ask(database.url, first, 'Change')
  await ask(database.url, second, 'Type')
  const cwd = await makeWorkspace({ 'note.ioa.toml': third })
  const env = { DATABASE_URL: database.url }
  const actions = async (command: string, ...argv: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await runCli([command, 'Note', 'n-1', ...argv], { cwd, env })
    return stdout.match(/\b(Change|Type|Edit)\b(?= |")/g) ?? []
  }

  const interruption = new AbortController()
  let begin = (): void => {}
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const tail = runCli(['tail', '--json', '--interval', '20'], {
    cwd,
    env,
    signal: interruption.signal,
    onOutput: (stdout) => {
      if (stdout === '') begin()
      else interruption.abort()
    },
  })
  await begun
  // A host that has not been brought up to date writes on.
  await ask(database.url, second, 'Type')
  const [tailed] = (await tail).stdout.split('\n')
  expect(JSON.parse(tailed ?? '') as EntityEvent).toMatchObject({ action: 'Edit', specVersion: 3 })

  expect(await actions('history')).toEqual(['Edit', 'Edit', 'Edit'])
  expect(await actions('history', '--names', 'stored')).toEqual(['Change', 'Type', 'Type'])
  const stored = (await runCli(['events', 'Note', 'n-1'], { cwd, env })).stdout
  expect(linesOf(stored)).toEqual(
    [1, 1, 2, 2].map((version) => expect.objectContaining({ specVersion: version })),
  )
  const today = (await runCli(['events', 'Note', 'n-1', '--names', 'today'], { cwd, env })).stdout
  expect(linesOf(today).map(({ action }) => action)).toEqual(['Created', 'Edit', 'Edit', 'Edit'])
  expect((await runCli(['events', 'Note', 'n-1', '--names', 'mine'], { cwd, env })).exitCode).toBe(2)
})

it('shows an event that the spec at hand is too old for as it is stored', async () => {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  await ask(database.url, third, 'Edit')
  const cwd = await makeWorkspace({ 'note.ioa.toml': second })
  const { exitCode, stdout } = await runCli(['history', 'Note', 'n-1'], {
    cwd,
    env: { DATABASE_URL: database.url },
  })
  expect(exitCode).toBe(0)
  expect(stdout).toContain('Edit')
})

function linesOf(text: string): readonly EntityEvent[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as EntityEvent)
}
