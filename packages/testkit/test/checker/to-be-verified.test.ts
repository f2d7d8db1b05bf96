import { verifySpec } from '@perdure/testkit'
import '@perdure/testkit/vitest'
import { expect, it } from 'vitest'
import { invariant, parsed } from './helpers.ts'
import { ordersSpec } from './three-orders.ts'

const sound = parsed(ordersSpec(1))
const wrong = parsed(ordersSpec(1) + invariant('Few', 'items1 < 1'))

it('passes for a proof only', () => {
  expect(verifySpec(sound)).toBeVerified()
  expect(() => expect(verifySpec(sound)).not.toBeVerified()).toThrow('everything is proved')
  expect(verifySpec(parsed(ordersSpec(3)), { maxStates: 100 })).not.toBeVerified()
})

it('fails with the run that shows what is wrong', () => {
  expect(() => expect(verifySpec(wrong)).toBeVerified()).toThrow(/error invariant Few: [^]*0 {2}create/)
})
