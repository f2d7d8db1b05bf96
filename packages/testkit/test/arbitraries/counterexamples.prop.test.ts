import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkHistories } from '@perdure/testkit'
import type { History } from '@perdure/testkit'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { sessionSpec } from './specs.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterexamples-'))
  onTestFinished(() => rm(folder, { recursive: true }))
})

const name = 'no session finishes'
const holds = ({ state }: History): boolean => state.status !== 'Done'
const search = (options: { readonly numRuns: number; readonly seed?: number }, property = { name, holds }) =>
  checkHistories(sessionSpec, property, { counterexamples: folder, ...options })

it('stores what was found, and tries it first the next time', async () => {
  const first = await search({ numRuns: 500, seed: 1 })
  expect(first).toMatchObject({ kind: 'fails', path: expect.stringMatching(/[0-9a-f]{16}\.json$/) as string })
  const again = await search({ numRuns: 1, seed: 2 })
  expect(again).toMatchObject({ kind: 'fails', runs: 0, seed: 1 })
  if (first.kind === 'fails' && again.kind === 'fails') expect(again.run).toEqual(first.run)
})

it('is silent about a counterexample whose bug was mended, and keeps it', async () => {
  await search({ numRuns: 500, seed: 1 })
  expect(await search({ numRuns: 5 }, { name, holds: () => true })).toMatchObject({ kind: 'holds', runs: 5 })
  expect(await readdir(folder)).toHaveLength(1)
})

it('does not try the counterexamples of other properties', async () => {
  await search({ numRuns: 500, seed: 1 })
  const other = await search(
    { numRuns: 1, seed: 3 },
    { name: 'another', holds: ({ events }) => events.length < 1_000 },
  )
  expect(other.kind).toBe('holds')
})

it('stores the same counterexample once, and passes over files that are none', async () => {
  await search({ numRuns: 500, seed: 1 })
  const [file = ''] = await readdir(folder)
  const text = await readFile(join(folder, file), 'utf8')
  await rm(join(folder, file))
  await writeFile(join(folder, 'broken.json'), '{ not json')
  await writeFile(join(folder, 'other.json'), '{"a":1}')
  await search({ numRuns: 500, seed: 1 })
  expect(new Set(await readdir(folder))).toEqual(new Set([file, 'broken.json', 'other.json']))
  expect(await readFile(join(folder, file), 'utf8')).toBe(text)
})
