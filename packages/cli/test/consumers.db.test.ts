// `perdure consumers` on PostgreSQL: what it says of consumers, and what it does for blocked ones.
import type { Storage } from '@perdure/core'
import { openStorage } from '@perdure/storage-pg'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import type { TestDatabase } from '../../../test/setup/database.ts'
import { counter, unitOf } from '../../storage-pg/test/make.ts'
import { runCli } from './helpers/run-cli.ts'
import type { RunResult } from './helpers/run-cli.ts'

const cwd = import.meta.dirname
const now = 1_700_000_000_000

let database: TestDatabase

beforeEach(async () => {
  database = await createTestDatabase()
})

afterEach(() => database.drop())

async function open(): Promise<Storage> {
  const storage = await openStorage(database.url)
  onTestFinished(() => storage.close())
  return storage
}

/** A storage of five events with two consumers: `mails` works, `totals` is blocked behind position 2. */
async function stage(): Promise<Storage> {
  const storage = await open()
  await storage.commit([unitOf(counter('c-1'), 0, { count: 5 })])
  const claim = { owner: 'o', now, leaseMs: 2 ** 45 }
  await storage.claimConsumer({ ...claim, name: 'mails', from: 5n })
  const totals = await storage.claimConsumer({ ...claim, name: 'totals', from: 2n })
  const epoch = totals.kind === 'claimed' ? totals.epoch : 0
  await storage.failConsumer({ name: 'totals', epoch, attempts: 10, error: 'Error: no such column', now })
  return storage
}

function consumersCli(...argv: readonly string[]): Promise<RunResult> {
  return runCli(['consumers', ...argv, '--storage', database.url], { cwd })
}

it('lists consumers with their lag, and what went wrong', async () => {
  await stage()
  const { exitCode, stdout, stderr } = await consumersCli('list')
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toMatch(/^mails +5 +0 +working$/m)
  expect(stdout).toMatch(
    /^totals +2 +3 +blocked since 2023-11-14 22:13:20\.000Z after 10 attempts +Error: no such column$/m,
  )
})

it('prints JSON for other programs, with positions as text', async () => {
  await stage()
  const { stdout } = await consumersCli('list', '--json')
  expect(JSON.parse(stdout)).toMatchObject([
    { name: 'mails', position: '5', lag: '0' },
    { name: 'totals', position: '2', lag: '3', attempts: 10, blockedAt: now },
  ])
})

it('says so when there is none', async () => {
  await open()
  expect(await consumersCli('list')).toMatchObject({
    exitCode: 0,
    stdout: '',
    stderr: 'no consumer has ever worked on this storage\n',
  })
})

it('lets a blocked consumer go on from its checkpoint', async () => {
  const storage = await stage()
  expect(await consumersCli('resume', 'totals')).toMatchObject({
    exitCode: 0,
    stdout: 'totals goes on behind position 2, 3 behind the head\n',
  })
  const [, totals] = await storage.listConsumers()
  expect(totals).toMatchObject({ position: 2n, attempts: 0 })
  expect(totals).not.toHaveProperty('blockedAt')
})

it.each([
  ['start', 0n],
  ['3', 3n],
  ['head', 5n],
])('has a consumer go on behind %s', async (to, position) => {
  const storage = await stage()
  expect((await consumersCli('reset', 'totals', '--to', to)).exitCode).toBe(0)
  expect((await storage.listConsumers())[1]).toMatchObject({ position, attempts: 0 })
})

it('knows no consumer of another name', async () => {
  await stage()
  const { exitCode, stderr } = await consumersCli('resume', 'total')
  expect(exitCode).toBe(1)
  expect(stderr).toContain('did you mean "totals"?')
})

it.each([['-1'], ['1.5'], ['end'], ['99999999999999999999']])('refuses the position %s', async (to) => {
  await open()
  expect((await consumersCli('reset', 'totals', `--to=${to}`)).exitCode).toBe(2)
})
