import { readFile } from 'node:fs/promises'
import { parseSpec } from '@perdure/spec-parser'
import { renderReport, verifySpec } from '@perdure/testkit'
import '@perdure/testkit/vitest'
import { expect, it } from 'vitest'

const folder = 'packages/testkit/test/checker'
const text = await readFile(`${folder}/tickets.ioa.toml`, 'utf8')

function check(spec: string): ReturnType<typeof verifySpec> {
  const parsed = parseSpec(spec)
  if (parsed.spec === undefined) throw new Error(JSON.stringify(parsed.issues))
  return verifySpec(parsed.spec, { clock: { now: () => 0 } })
}

it('finds the run that closes a ticket of nobody', async () => {
  const report = check(text)
  expect(report.verdict).toBe('fail')
  expect(renderReport(report)).toBe(await readFile(`${folder}/tickets-report.txt`, 'utf8'))
})

it('is content when the guard says what the invariant needs', () => {
  const mended = text.replace(
    'params = [{ name = "assignee", required = true }]',
    'params = [{ name = "assignee", required = true }]\nguard = "!empty(params.assignee)"',
  )
  expect(check(mended)).toBeVerified()
})
