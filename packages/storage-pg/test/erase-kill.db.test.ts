// An erasure whose process is killed: the entity is whole or erased, its neighbour is whole, and erasing again ends what was begun.
import { once } from 'node:events'
import { openStorage } from '@perdure/storage-pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../../../test/setup/database.ts'
import { startChild } from './child.ts'
import { blobOf, counter, unitOf } from './make.ts'

const [own, common] = [blobOf('what c-1 alone holds'), blobOf('what both hold')]

describe('an erasure that is killed', () => {
  it.each<[point: string, isErased: boolean]>([
    ['storage.erase.begin', false],
    ['storage.erase.written', false],
    ['storage.erase.committed', true],
  ])('at %s is done or not begun, and can be done again', async (point, isErased) => {
    const database = await createTestDatabase()
    const storage = await openStorage(database.url)
    onTestFinished(async () => {
      await storage.close()
      await database.drop()
    })
    const claims = [own, common].map(({ hash }, index) => ({ field: `f${index}`, hash }))
    await storage.commit([
      unitOf(counter('c-1'), 0, { count: 3, blobs: [own, common], claims }),
      unitOf(counter('c-2'), 0, { blobs: [common], claims: [{ field: 'f', hash: common.hash }] }),
    ])
    const child = startChild('erase-and-die.ts', database.url, point)
    const [, signal] = (await once(child.process, 'exit')) as [number | null, string | null]
    expect(signal).toBe('SIGKILL')

    expect((await storage.readEvents(counter('c-1'))).length).toBe(isErased ? 1 : 3)
    expect((await storage.verify()).findings).toEqual([])
    const erasure = await storage.erase(counter('c-1'), { at: 2 })
    expect(erasure).toMatchObject({ events: 3, references: 2, blobs: 1, erasedAt: isErased ? 1 : 2 })
    expect(await storage.readBlob('default', own.hash)).toBeUndefined()
    expect(await storage.readBlob('default', common.hash)).toBeDefined()
    expect(await storage.readEvents(counter('c-2'))).toHaveLength(1)
    expect(await storage.stats()).toMatchObject({ blobs: 1, refs: 1 })
    expect((await storage.verify()).findings).toEqual([])
  })
})
