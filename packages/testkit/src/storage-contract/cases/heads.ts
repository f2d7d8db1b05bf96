// Heads: where entities stand, singly and by the page.
import assert from 'node:assert/strict'
import type { EntityFilter, Storage, TenantsFilter } from '@perdure/core'
import type { ContractCase } from '../contract-case.ts'
import { contractGroup } from '../contract-case.ts'
import { sameJson } from '../check.ts'
import { session, unitOf } from '../make-unit.ts'

/** Ids on which locale order, UTF-16 order, numeric order and UTF-8 byte order disagree; here in the last of them. */
const inByteOrder = [
  '10',
  '9',
  'A',
  'B',
  'Z',
  '_',
  'a',
  'a b',
  'a-b',
  'aa',
  'b',
  'e\u0301',
  'z',
  'é',
  '﹏',
  '😀',
  '😁',
]

async function seed(storage: Storage): Promise<void> {
  const shuffled = inByteOrder.toSorted(
    (left, right) => left.length - right.length || (left < right ? 1 : -1),
  )
  await storage.commit(shuffled.map((id) => unitOf(session(id), 0)))
  await storage.commit([unitOf(session('a', 'tenant-b'), 0), unitOf({ ...session('a'), type: 'Order' }, 0)])
}

async function ids(storage: Storage, filter: Partial<EntityFilter> = {}): Promise<readonly string[]> {
  const heads = await storage.listEntities({ tenant: 'tenant-a', type: 'Session', limit: 1_000, ...filter })
  return heads.map((head) => head.id)
}

export const headCases: readonly ContractCase[] = contractGroup('head', {
  'the storage reads heads in the order asked, with undefined where there is none': async ({ storage }) => {
    await storage.commit(['c', 'a', 'b'].map((id, index) => unitOf(session(id), 0, { events: index + 1 })))
    const asked = ['b', 'nobody', 'a', 'c', 'b'].map((id) => session(id))
    const heads = await storage.readHeads(asked)
    assert.deepEqual(
      heads.map((head) => head?.version),
      [3, undefined, 2, 1, 3],
    )
    assert.deepEqual(
      heads.map((head) => head?.id),
      ['b', undefined, 'a', 'c', 'b'],
    )
    sameJson(await storage.readHeads([]), [], 'no heads')
  },

  'the storage lists entities by id in the order of their UTF-8 bytes': async ({ storage }) => {
    await seed(storage)
    assert.deepEqual(await ids(storage), inByteOrder)
  },

  'the storage lists every entity once when paged through': async ({ storage }) => {
    await seed(storage)
    for (const limit of [1, 2, 5]) {
      const seen: string[] = []
      for (let page = await ids(storage, { limit }); page.length > 0;) {
        assert.ok(page.length <= limit, `a page of ${page.length} under a limit of ${limit}`)
        seen.push(...page)
        assert.ok(seen.length <= inByteOrder.length, 'paging goes in circles')
        page = await ids(storage, { limit, afterId: seen.at(-1) ?? '' })
      }
      assert.deepEqual(seen, inByteOrder)
    }
  },

  'the storage lists on after an id that is not there': async ({ storage }) => {
    await seed(storage)
    assert.deepEqual(await ids(storage, { afterId: 'a a', limit: 2 }), ['a b', 'a-b'])
    assert.deepEqual(await ids(storage, { afterId: '😁' }), [])
  },

  'the storage lists only entities in the status asked for': async ({ storage }) => {
    await storage.commit(['a', 'b', 'c'].map((id) => unitOf(session(id), 0, { status: 'Open' })))
    await storage.commit([unitOf(session('b'), 1, { status: 'Done' })])
    assert.deepEqual(await ids(storage, { status: 'Open' }), ['a', 'c'])
    assert.deepEqual(await ids(storage, { status: 'Done' }), ['b'])
    assert.deepEqual(await ids(storage, { status: 'open' }), [])
  },

  'the storage leaves deleted entities out of a list unless asked for them': async ({ storage }) => {
    await storage.commit(['a', 'b', 'c'].map((id) => unitOf(session(id), 0)))
    await storage.commit([unitOf(session('b'), 1, { deletes: true })])
    assert.deepEqual(await ids(storage), ['a', 'c'])
    assert.deepEqual(await ids(storage, { status: 'Deleted' }), [])
    assert.deepEqual(await ids(storage, { includeDeleted: true }), ['a', 'b', 'c'])
    assert.deepEqual(await ids(storage, { includeDeleted: true, status: 'Deleted' }), ['b'])
  },

  'the storage lists heads as it reads them': async ({ storage }) => {
    await seed(storage)
    const listed = await storage.listEntities({ tenant: 'tenant-a', type: 'Session', limit: 3 })
    sameJson(listed, await storage.readHeads(listed), 'the heads')
  },

  'the storage lists nothing of a tenant or a type it does not know': async ({ storage }) => {
    await seed(storage)
    assert.deepEqual(await ids(storage, { tenant: 'tenant-c' }), [])
    assert.deepEqual(await ids(storage, { type: 'session' }), [])
    assert.deepEqual(await ids(storage, { tenant: 'tenant-b' }), ['a'])
  },

  'the storage lists the living entities of a type across tenants, by tenant, then id': async ({
    storage,
  }) => {
    const tenants = ['b', '\uffee', 'a', '\u{1f600}']
    await storage.commit(
      tenants.flatMap((tenant) =>
        ['2', '10'].map((id) => unitOf(session(id, tenant), 0, { status: 'Open' })),
      ),
    )
    await storage.commit([unitOf({ ...session('3', 'a'), type: 'Order' }, 0)])
    await storage.commit([
      unitOf(session('2', 'b'), 1, { status: 'Done' }),
      unitOf(session('10', 'b'), 1, { deletes: true }),
    ])
    const list = async (filter: Partial<TenantsFilter>) => {
      const heads = await storage.listAcrossTenants({ type: 'Session', limit: 100, ...filter })
      return heads.map(({ tenant, id }) => `${tenant}/${id}`)
    }
    const all = ['a/10', 'a/2', 'b/2', '\uffee/10', '\uffee/2', '\u{1f600}/10', '\u{1f600}/2']
    assert.deepEqual(await list({}), all)
    assert.deepEqual(await list({ limit: 3 }), all.slice(0, 3))
    assert.deepEqual(await list({ after: { tenant: 'a', id: '2' } }), all.slice(2))
    assert.deepEqual(await list({ after: { tenant: 'a', id: '11' }, limit: 1 }), ['a/2'])
    assert.deepEqual(await list({ statuses: ['Done', 'Gone'] }), ['b/2'])
    assert.deepEqual(await list({ statuses: [] }), [])
    const [head] = await storage.listAcrossTenants({ type: 'Session', limit: 1 })
    sameJson([head], await storage.readHeads([session('10', 'a')]), 'the head')
  },
})
