// The guide's story, held to: the spec as it was first written has a bug, and this is what is shown of it.
import { readFile } from 'node:fs/promises'
import { checkHistories } from '@perdure/testkit'
import '@perdure/testkit/vitest'
import { expect, it } from 'vitest'
import { money } from './money.ts'
import { specOf } from './specs.ts'

it('finds the bug of the first version, and shows three commands', async () => {
  const result = await checkHistories(await specOf('payment.ioa.toml'), money, {
    counterexamples: false,
    seed: 42,
    setsFields: false,
  })
  expect(result).not.toHold()
  const shown = await readFile(new URL('../found.txt', import.meta.url), 'utf8')
  if (result.kind === 'fails') expect(`${result.error.message}\n`).toBe(shown)
})
