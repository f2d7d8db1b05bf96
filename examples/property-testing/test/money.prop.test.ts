import { checkHistories } from '@perdure/testkit'
import '@perdure/testkit/vitest'
import { expect, it } from 'vitest'
import { money } from './money.ts'
import { specOf } from './specs.ts'

const payment = await specOf('payment-mended.ioa.toml')

it(money.name, async () => {
  expect(await checkHistories(payment, money)).toHold()
})
