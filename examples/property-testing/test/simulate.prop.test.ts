import { simulate } from '@perdure/testkit'
import '@perdure/testkit/vitest'
import { expect, it } from 'vitest'
import { specOf } from './specs.ts'

const payment = await specOf('payment-mended.ioa.toml')

it('keeps every acknowledged payment, once, whatever crashes', async () => {
  expect(await simulate({ specs: [payment], seeds: 100 })).toHold()
})
