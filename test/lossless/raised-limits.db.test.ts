// What the limits may be raised to, every engine really bears.
import { createHost } from '@perdure/actors'
import { highestLimits } from '@perdure/core'
import { parseSpec } from '@perdure/spec-parser'
import { openStorage } from '@perdure/storage-pg'
import { expect, it, onTestFinished } from 'vitest'
import { createTestDatabase } from '../setup/database.ts'

const { spec } = parseSpec(`
[automaton]
name = "Box"
states = ["Open"]
initial = "Open"
snapshot_every = 2

[[state]]
name = "inline"
type = "json"
overflow_inline_max_bytes = 100000

[[state]]
name = "overflowed"
type = "json"
overflow_inline_max_bytes = 0

[[action]]
name = "Put"
params = [{ name = "inline", type = "json" }, { name = "overflowed", type = "json" }]
`)

it.each(['pglite', 'postgres'])(
  'values and names at the highest limits come back whole from %s',
  async (engine) => {
    const database = await createTestDatabase()
    onTestFinished(() => database.drop())
    const url = engine === 'pglite' ? 'pglite://memory' : database.url
    const storage = await openStorage(url, { maxEventBytes: 32 * 1024 ** 2 })
    onTestFinished(() => storage.close())
    if (spec === undefined) throw new Error('the spec has errors')
    const options = { specs: [spec], storage, keepStorageOpen: true }
    const limits = { ...highestLimits, maxEventBytes: 32 * 1024 ** 2, maxStateBytes: 128 * 1024 ** 2 }
    const { maxIdBytes: most, maxNestingDepth } = highestLimits
    // Random-looking, for an index compresses what repeats.
    const name = Array.from({ length: most }, (_, index) => ((index * 7919) % 36).toString(36)).join('')
    const key = { id: name, tenant: name.split('').toReversed().join('') }
    let deep: unknown = 'bottom'
    for (let level = 1; level < maxNestingDepth; level++) deep = level % 2 === 0 ? [deep] : { a: deep }
    const large = 'x'.repeat((engine === 'postgres' ? 20 : 1) * 1024 ** 2)
    {
      await using host = await createHost({ ...options, limits })
      const box = await host.spawn('Box', { ...key, idempotencyKey: name })
      await box.ask('Put', { inline: deep, overflowed: deep })
      await box.ask('Put', { overflowed: large })
    }
    await using host = await createHost({ ...options, limits })
    const box = host.entity('Box', key.id, { tenant: key.tenant })
    expect(await box.readField('inline')).toEqual(deep)
    expect(await box.readField('overflowed')).toBe(large)
    const events = []
    for await (const event of box.history()) events.push(event)
    expect(events[1]?.params).toEqual({ inline: deep, overflowed: deep })
    expect((await storage.verify()).findings).toEqual([])
  },
)
