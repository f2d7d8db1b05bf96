import { scenario } from '@perdure/testkit'
import { it } from 'vitest'
import { specOf } from './specs.ts'

const spec = await specOf('payment.ioa.toml')
const captured = scenario(spec).given([['Capture', { amount: 100 }]])

it('gives money back', () => {
  captured.when('Refund', { amount: 30 }).thenEvent('Refund').thenState({ paid: 100, refunded: 30 })
})

it('refuses to give back more than was paid', () => {
  captured.when('Refund', { amount: 101 }).thenRejected('guard_failed', 'params.amount <= paid')
})

it('forgets the receipt after a day', () => {
  const receipt = { lines: Array.from({ length: 50 }, (_, line) => `item ${line}`) }
  const paid = scenario(spec).given([['Capture', { amount: 1, receipt }]])
  paid.thenState({ receipt }).after({ seconds: 86_400 }).thenState({ receipt: undefined, paid: 1 })
})
