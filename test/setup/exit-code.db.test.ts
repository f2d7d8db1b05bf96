// A run of database tests must fail when a test fails: shown with a run of its own, for it has been otherwise.
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('a failing test beside a started server makes the run fail', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(import.meta.dirname, '.exit-code-'))
  try {
    const script = `
      import { startServer } from '${join(import.meta.dirname, 'server.ts')}'
      const server = await startServer()
      process.exitCode = 3
      await server.stop()`
    await writeFile(join(folder, 'run.ts'), script)
    const { status } = spawnSync('node', ['--import', import.meta.resolve('tsx'), join(folder, 'run.ts')])
    expect(status).toBe(3)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
