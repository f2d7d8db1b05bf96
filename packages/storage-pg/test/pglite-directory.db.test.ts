// A PGlite directory: one owner, whole at any moment, and the prepared image that a first start unpacks.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStorage } from '@perdure/storage-pg'
import { PGlite } from '@electric-sql/pglite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { unpackTar } from '../src/connect/prepared-image.ts'
import { prepareImage } from '../src/prepare-image.ts'
import { migrations } from '../src/schema/migration-list.ts'
import type { Child } from './child.ts'
import { startChild } from './child.ts'
import { counter, kindsOf, unitOf } from './make.ts'

let directory: string
let url: string
const children: Child[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'perdure-pglite-'))
  url = `pglite://${directory}`
})

afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()))
  await rm(directory, { recursive: true, force: true })
})

function start(...args: readonly string[]): Child {
  const child = startChild('open-and-wait.ts', ...args)
  children.push(child)
  return child
}

describe('owner of a PGlite directory', () => {
  it('is refused in the same process while another opener has it', async () => {
    const storage = await openStorage(url)
    await expect(openStorage(url)).rejects.toMatchObject({
      code: 'storage_in_use',
      message: expect.stringContaining(String(process.pid)),
      details: { directory, ownerPid: process.pid },
    })
    await storage.close()
    await (await openStorage(url)).close()
  })

  it('is refused in another process, and free again when the owner is killed', async () => {
    const owner = start(url)
    await owner.report(({ kind }) => kind === 'opened')
    await expect(openStorage(url)).rejects.toMatchObject({
      code: 'storage_in_use',
      details: { ownerPid: owner.process.pid },
    })
    await owner.kill()
    await (await openStorage(url)).close()
  })

  it('is not taken away from a process that holds it by a third one that fails', async () => {
    const storage = await openStorage(url)
    const second = start(url)
    expect(await second.report(({ kind }) => kind === 'failed')).toMatchObject({ code: 'storage_in_use' })
    await second.kill()
    await expect(openStorage(url)).rejects.toMatchObject({ code: 'storage_in_use' })
    await storage.close()
  })

  it('gives the directory back when opening fails', async () => {
    await mkdir(join(directory, 'data'))
    await writeFile(join(directory, 'data', 'stray'), '')
    await expect(openStorage(url)).rejects.toMatchObject({ code: 'storage_failed' })
    await rm(join(directory, 'data'), { recursive: true })
    await (await openStorage(url)).close()
  })
})

describe('data of a PGlite directory', () => {
  it('keep every acknowledged event when the process is killed', async () => {
    const writer = start(url, 'commit')
    const { id = '' } = await writer.report(({ version }) => (version ?? 0) >= 50)
    await writer.kill()
    const acknowledged = writer.reports.filter(({ kind }) => kind === 'committed').length
    const storage = await openStorage(url)
    const loaded = await storage.load(counter(id), { specHash: 'spec' })
    // One more may be stored: the one whose answer was on its way.
    expect([acknowledged, acknowledged + 1]).toContain(loaded?.tail.length)
    expect(loaded?.head.version).toBe(loaded?.tail.length)
    await storage.close()
  })

  it('are whole after the first start was killed at any point', async () => {
    for (const delayMs of [150, 400, 650, 900]) {
      const child = start(url)
      await new Promise((resolve) => setTimeout(resolve, delayMs))
      await child.kill()
    }
    const storage = await openStorage(url)
    expect(kindsOf(await storage.commit([unitOf(counter('c-1'), 0)]))).toEqual(['committed'])
    await storage.close()
    expect((await readdir(directory)).sort()).toEqual(['data', 'owner.lock'])
  })

  it('are left alone when they are not a database', async () => {
    await mkdir(join(directory, 'data'))
    await writeFile(join(directory, 'data', 'precious'), 'bytes')
    await expect(openStorage(url)).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining('PG_VERSION'),
    })
    expect(await readdir(join(directory, 'data'))).toEqual(['precious'])
  })
})

describe('prepared image', () => {
  it('unpacks to a database that has the schema', async () => {
    await unpackTar(await prepareImage(), join(directory, 'data'))
    const pglite = await PGlite.create(join(directory, 'data'))
    const { rows } = await pglite.query('select version from perdure.migrations order by version')
    expect(rows).toEqual(migrations.map(({ version }) => ({ version })))
    await pglite.close()
    const storage = await openStorage(url)
    expect(kindsOf(await storage.commit([unitOf(counter('c-1'), 0)]))).toEqual(['committed'])
    await storage.close()
  })
})

describe('opening a PGlite directory without migrating', () => {
  it('refuses one that holds nothing and leaves it empty', async () => {
    await expect(openStorage(url, { migrate: false })).rejects.toMatchObject({
      code: 'schema_missing',
      details: { directory },
    })
    expect(await readdir(directory)).toEqual([])
  })

  it('makes no directory where there is none', async () => {
    await expect(openStorage(`${url}/absent`, { migrate: false })).rejects.toMatchObject({
      code: 'schema_missing',
    })
    expect(await readdir(directory)).toEqual([])
  })

  it('opens what an earlier opener made, but no other schema in it', async () => {
    const storage = await openStorage(url)
    await storage.commit([unitOf(counter('c-1'), 0)])
    await storage.close()
    await expect(openStorage(url, { migrate: false, schema: 'another' })).rejects.toMatchObject({
      code: 'schema_missing',
      details: { schema: 'another' },
    })
    const again = await openStorage(url, { migrate: false })
    expect(await again.readEvents(counter('c-1'))).toHaveLength(1)
    await again.close()
  })
})
