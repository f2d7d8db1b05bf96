import { openStorage } from '@perdure/storage-pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { runCli } from './helpers/run-cli.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})

afterAll(() => database.drop())

const cwd = import.meta.dirname

describe('perdure storage distribute', () => {
  it('prints a script with --sql, without asking a storage', async () => {
    const { exitCode, stdout } = await runCli(
      ['storage', 'distribute', '--citus', '--sql', '--schema', 'mine'],
      { cwd },
    )
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`create_distributed_table('"mine"."events"'::regclass, 'stream'`)
    expect(stdout).toMatch(/^-- blob_refs +by hash$/m)
    expect(stdout).toMatch(/^-- Perdure: .*\n(?:-- .*\n)+begin;\n[^]*\ncommit;\n$/)
  })

  it('says so where there is no Citus', async () => {
    await (await openStorage(database.url)).close()
    const { exitCode, stderr } = await runCli(
      ['storage', 'distribute', '--citus', '--storage', database.url],
      { cwd },
    )
    expect(exitCode).toBe(2)
    expect(stderr).toContain('create extension citus')
  })

  it('wants to be told that it is Citus', async () => {
    const { exitCode, stderr } = await runCli(['storage', 'distribute', '--sql'], { cwd })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--citus')
  })
})
