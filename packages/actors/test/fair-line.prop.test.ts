import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { FairLine } from '../src/host/fair-line.ts'

type Step =
  | { readonly kind: 'push'; readonly tenant: number }
  | { readonly kind: 'shift' }
  | { readonly kind: 'remove'; readonly pick: number }
  | { readonly kind: 'hold' | 'release'; readonly tenant: number }

const tenant = fc.nat(3)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('push' as const), tenant }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('shift' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('hold' as const, 'release' as const), tenant }) },
)

/** The line as plain lists: turns in order, those who are passed over aside. */
class Model {
  readonly lines = new Map<string, number[]>()
  turns: string[] = []

  push(name: string, waiter: number): void {
    const line = this.lines.get(name)
    if (line === undefined) {
      this.lines.set(name, [waiter])
      this.turns.push(name)
    } else line.push(waiter)
  }

  remove(waiter: number): void {
    for (const [name, line] of this.lines) {
      if (!line.includes(waiter)) continue
      line.splice(line.indexOf(waiter), 1)
      if (line.length > 0) return
      this.lines.delete(name)
      this.turns = this.turns.filter((other) => other !== name)
    }
  }

  shift(): void {
    const [name] = this.turns
    const waiter = name === undefined ? undefined : this.lines.get(name)?.[0]
    if (name === undefined || waiter === undefined) return
    this.turns = [...this.turns.slice(1), name]
    this.remove(waiter)
  }
}

test.prop([fc.array(step, { maxLength: 80, size: 'max' })])(
  'tenants take turns, each in its order, and those who are passed over keep their places',
  (steps) => {
    const line = new FairLine<number>()
    const model = new Model()
    const outs: (() => void)[] = []
    for (const [index, each] of steps.entries()) {
      if (each.kind === 'push') {
        outs[index] = line.push(`t${each.tenant}`, index)
        model.push(`t${each.tenant}`, index)
      } else if (each.kind === 'shift') {
        line.shift()
        model.shift()
      } else if (each.kind === 'remove') {
        const picked = each.pick % steps.length
        outs[picked]?.()
        model.remove(picked)
      } else if (each.kind === 'hold') {
        line.hold(`t${each.tenant}`)
        model.turns = model.turns.filter((name) => name !== `t${each.tenant}`)
      } else {
        const name = `t${each.tenant}`
        line.release(name)
        if (model.lines.has(name) && !model.turns.includes(name)) model.turns.push(name)
      }
      const [turn] = model.turns
      const waiter = turn === undefined ? undefined : model.lines.get(turn)?.[0]
      expect(line.peek()).toEqual(turn === undefined ? undefined : { tenant: turn, waiter })
      expect(line.isReady).toBe(turn !== undefined)
      expect(line.size).toBe([...model.lines.values()].flat().length)
      for (let each = 0; each < 4; each++)
        expect(line.sizeOf(`t${each}`)).toBe(model.lines.get(`t${each}`)?.length ?? 0)
    }
  },
)
