// The two stories that the README sends a newcomer to, run as he would: in a process of their own.
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestDatabase } from './setup/database.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perdure-demo-test-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function run(entry: string, cwd: string, env: Readonly<Record<string, string>> = {}) {
  const flags = ['--import', import.meta.resolve('tsx'), '--conditions', '@perdure/source']
  const { DATABASE_URL: _, ...inherited } = process.env
  return spawnSync('node', [...flags, resolve(entry)], {
    cwd,
    env: { ...inherited, ...env },
    encoding: 'utf8',
  })
}

test('the demonstration holds on PGlite', () => {
  const { status, stdout, stderr } = run('examples/agent-session/src/main.ts', folder)
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(stdout).toContain('killed by SIGKILL')
  expect(stdout).toContain('tool_result is expired')
  expect(stdout).toContain('Everything held.')
})

test('the demonstration holds on PostgreSQL, twice, in a schema of its own', async () => {
  const database = await createTestDatabase()
  try {
    for (const _ of [1, 2]) {
      const story = run('examples/agent-session/src/main.ts', folder, { DATABASE_URL: database.url })
      expect(story.stderr).toBe('')
      expect(story.stdout).toContain('perdure_demo')
      expect(story.stdout).toContain('Everything held.')
      expect(story.status).toBe(0)
    }
  } finally {
    await database.drop()
  }
})

test("the README's example runs, and runs again on what it left", () => {
  const example = resolve('examples/quick-start')
  const env = { DATABASE_URL: `pglite://${join(folder, 'data')}` }
  const first = run('examples/quick-start/src/main.ts', example, env)
  const again = run('examples/quick-start/src/main.ts', example, env)
  expect(first.stdout).toContain('Order/o-1: Place is not possible now: items > 0 was false: items = 0')
  for (const { stdout, status } of [first, again]) {
    expect(stdout).toContain('o-1 is Placed at version 3')
    expect(stdout).toContain('its note has 260000 characters')
    expect(status).toBe(0)
  }
})
