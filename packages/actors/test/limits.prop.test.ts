import { fc, test } from '@fast-check/vitest'
import { openMemoryStorage } from '@perdure/core/memory'
import { expect } from 'vitest'
import { createHost } from '../src/index.ts'
import { specOf } from './helpers/task-spec.ts'

// Ceilings in the midst of what happens: a list goes out of the state and comes back into it.
const boxSpec = specOf(`
[automaton]
name = "Box"
states = ["Open"]
initial = "Open"

[[state]]
name = "items"
type = "list"
overflow_inline_max_bytes = 300

[[state]]
name = "text"
overflow_inline_max_bytes = 200

[[state]]
name = "copy"
overflow_inline_max_bytes = 100
overflow_journal = "ref"

[[state]]
name = "count"
type = "counter"

[[action]]
name = "Append"
params = [{ name = "item", required = true }]
effect = ["append(items, params.item)", "count += 1"]

[[action]]
name = "Remove"
effect = "remove_at(items, 0)"
guard = "len(items) > 0"

[[action]]
name = "Write"
params = ["text", "free"]
effect = "copy = params.text"
`)

const text = fc.nat(400).map((length) => 'ü"x'.repeat(length / 3))
const act = fc.oneof(
  fc.record({ action: fc.constant('Append' as const), params: fc.record({ item: text }) }),
  fc.record({ action: fc.constant('Remove' as const), params: fc.constant({}) }),
  fc.record({
    action: fc.constant('Write' as const),
    params: fc.record({ text, free: text }, { requiredKeys: [] }),
  }),
)
const acts = fc.array(fc.record({ act, isReadAnew: fc.nat(9).map((chance) => chance === 0) }), {
  maxLength: 60,
  size: 'max',
})

test.prop([acts, fc.integer({ min: 600, max: 3_000 })], { numRuns: fc.readConfigureGlobal().numRuns ?? 150 })(
  'no state is ever larger than its limit, and nothing is refused that would have fitted',
  async (steps, maxStateBytes) => {
    const limits = { maxStateBytes }
    const strict = await createHost({
      specs: [boxSpec],
      storage: openMemoryStorage(),
      limits,
      retention: false,
    })
    const free = await createHost({ specs: [boxSpec], storage: openMemoryStorage(), retention: false })
    const [box, other] = [await strict.spawn('Box', { id: 'b' }), await free.spawn('Box', { id: 'b' })]
    for (const {
      act: { action, params },
      isReadAnew,
    } of steps) {
      if (isReadAnew) strict.passivate('Box', 'b')
      const before = Buffer.byteLength(JSON.stringify(await stateOf(box)))
      const result = await box.tryAsk(action, params)
      if (!result.ok && result.error.code !== 'payload_too_large') continue
      const unlimited = await other.ask(action, params)
      const size = Buffer.byteLength(JSON.stringify(plain(unlimited.state)))
      expect(result.ok, `${size} of ${maxStateBytes} bytes`).toBe(size <= maxStateBytes || size <= before)
      // What the one has refused, the other has done: they part here.
      if (!result.ok) break
    }
    await strict.stop()
    await free.stop()
  },
)

async function stateOf(box: { state(): Promise<unknown> }): Promise<unknown> {
  return plain(await box.state())
}

/** A state as a snapshot holds it. */
function plain(view: unknown): unknown {
  const { status, version, counters, numbers, booleans, lists, fields, refs } = view as Record<
    string,
    unknown
  >
  return { status, version, counters, numbers, booleans, lists, fields, refs }
}
