// Random histories: hosts come and go, requests are sent, held back, given up. Every request ends, and what is said of it is
// the truth: an answer is the one made for it by who had the address, and what is undelivered nobody has seen.
import assert from 'node:assert/strict'
import type { Router, RouterResult, RouterSeat } from '@perdure/core'
import * as fc from 'fast-check'
import type { RouterCase } from '../router-case.ts'
import { routerGroup } from '../router-case.ts'
import type { RouterStage } from '../router-stage.ts'
import { echoOf } from '../router-stage.ts'

type Step =
  | { readonly kind: 'join' | 'leave' | 'restart'; readonly host: number }
  | {
      readonly kind: 'send'
      readonly from: number
      readonly to: number
      readonly size: number
      readonly turns: number
      readonly fate: 'waits' | 'given up' | 'runs out'
    }

const hosts = 3
const host = fc.nat({ max: hosts - 1 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('join', 'leave', 'restart'), host }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('send'),
      from: host,
      to: host,
      size: fc.constantFrom(0, 10, 1_000, 40_000, 100_000),
      turns: fc.nat({ max: 10 }),
      fate: fc.constantFrom('waits', 'waits', 'waits', 'given up', 'runs out'),
    }),
  },
)

interface HistoryHost {
  router: Router
  seat: RouterSeat | undefined
}

async function play(stage: RouterStage, steps: readonly Step[], prefix: string): Promise<void> {
  const there: HistoryHost[] = await Promise.all(
    Array.from({ length: hosts }, async () => ({ router: await stage.open(), seat: undefined })),
  )
  const ends: Promise<unknown>[] = []
  for (const step of steps) await carryOut(step)
  await stage.within(Promise.all(ends), 'every request of a history')
  await Promise.all(there.map(({ router }) => router.close()))

  async function carryOut(step: Step): Promise<void> {
    if (step.kind === 'send') {
      const end = sendOne(step)
      end.catch(() => {})
      ends.push(end)
      await turns(step.turns % 3)
      return
    }
    const one = there[step.host]
    assert.ok(one)
    if (step.kind === 'join') one.seat ??= await sit(one.router, step.host)
    if (step.kind !== 'join' && one.seat !== undefined) {
      const { seat } = one
      one.seat = undefined
      await stage.within(seat.leave(), 'leaving')
    }
    if (step.kind !== 'restart') return
    await stage.within(one.router.close(), 'closing')
    one.router = await stage.open()
  }

  function sit(router: Router, index: number): Promise<RouterSeat> {
    return stage.seat(router, `${prefix}${index}`, async ({ body }) => {
      await turns(Number(body.slice(0, 2)))
      return echoOf(`${prefix}${index}`, body)
    })
  }

  async function sendOne({
    from,
    to,
    size,
    turns: count,
    fate,
  }: Extract<Step, { kind: 'send' }>): Promise<void> {
    const sender = there[from]
    assert.ok(sender)
    const body = `${String(count).padStart(2, '0')} ${ends.length} ${'☃'.repeat(size)}`
    const given = new AbortController()
    const reason = new Error('given up')
    const options = fate === 'runs out' ? { timeoutMs: 1 } : { signal: given.signal }
    const sent = stage.send(sender.router, `${prefix}${to}`, body, options)
    if (fate === 'given up') void turns(count).then(() => given.abort(reason))
    const result: RouterResult | undefined = await sent.catch((error: unknown) => {
      if (error !== reason) throw error
      return undefined
    })
    if (result?.kind === 'answered') assert.equal(result.body, echoOf(`${prefix}${to}`, body))
  }
}

async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await new Promise((resolve) => setImmediate(resolve))
}

export const historyCases: readonly RouterCase[] = routerGroup('histories', {
  'tells the truth about every request, whatever the history': async (stage, { numRuns }) => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        run += 1
        return play(stage, [0, 1, 2].map((host): Step => ({ kind: 'join', host })).concat(steps), `h-${run}-`)
      }),
      // What never ends takes the case's patience to be found, each time: too long to look for a smaller history.
      { numRuns, endOnFailure: true },
    )
  },
})
