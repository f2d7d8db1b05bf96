// Any bytes at all, as a file: a spec, or diagnostics that stand inside it, within a second. A process apart does the
// loading and is killed when it takes longer, so that a hang is a failure with a seed.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

import { fc, test } from '@fast-check/vitest'
import type { SpecIssue } from '@perdure/core'
import { afterAll, expect, onTestFinished } from 'vitest'

import { ParserProcess } from './parser-process.ts'

const parser = new ParserProcess({ limitMs: 1000 })
afterAll(() => parser[Symbol.asyncDispose]())

const corpus = path.resolve(import.meta.dirname, '../../../test/corpus')
const files = ['valid', 'legacy', 'codes'].flatMap((folder) =>
  readdirSync(path.join(corpus, folder))
    .filter((file) => file.endsWith('.ioa.toml'))
    .map((file) => readFileSync(path.join(corpus, folder, file))),
)

async function expectTyped(bytes: Uint8Array): Promise<void> {
  const reply = await parser.load(bytes)
  if (reply.kind === 'loaded') return
  expect(reply).toMatchObject({ kind: 'refused', code: 'spec_invalid' })
  const issues = reply.kind === 'refused' ? reply.issues : []
  expect(issues.some(({ severity }) => severity === 'error')).toBe(true)
  const lines = new TextDecoder().decode(bytes).split('\n')
  for (const issue of issues) expectInside(issue, lines)
}

function expectInside({ line, column }: SpecIssue, lines: readonly string[]): void {
  expect(line).toBeGreaterThanOrEqual(1)
  expect(line).toBeLessThanOrEqual(lines.length)
  expect(column).toBeGreaterThanOrEqual(1)
  expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1)
}

const byte = fc.nat({ max: 255 })

/** A file with one byte replaced, put in or taken out. */
const corrupted = fc
  .tuple(fc.constantFrom(...files), fc.nat(), byte, fc.constantFrom('replace', 'insert', 'remove'))
  .map(([file, at, byte, how]) => {
    const index = at % file.length
    const before = file.subarray(0, index)
    const after = file.subarray(how === 'insert' ? index : index + 1)
    return Buffer.concat([before, Buffer.from(how === 'remove' ? [] : [byte]), after])
  })

/** A short text many times over, where it may be: alone, as a guard, as an effect, as a value, as a key. */
const repeated = fc
  .tuple(
    fc.constantFrom(
      '(',
      '!',
      'a => ',
      'a && ',
      '1 + ',
      '[',
      '{a=',
      'a.',
      '"',
      "'",
      '\\',
      '#',
      '[[a]]\n',
      '\n',
    ),
    fc.constantFrom('', 'guard = "', "guard = '", 'effect = "', "effect = '[", 'x = ', '"""'),
    fc.nat({ max: 100_000 }),
  )
  .map(([piece, before, times]) =>
    Buffer.concat([
      files[0] ?? Buffer.of(),
      Buffer.from(`\n[[action]]\nname = "X"\n${before}`),
      Buffer.from(piece.repeat(times)),
    ]),
  )

test.prop([fc.uint8Array({ maxLength: 200 })])(
  'a file of any bytes is refused with positions, in time',
  expectTyped,
)

test.prop([corrupted])(
  'a spec with one byte changed is a spec or is refused with positions, in time',
  expectTyped,
)

test.prop([repeated], { numRuns: 50 })(
  'a spec that says one thing many times is a spec or is refused with positions, in time',
  expectTyped,
)

test('a parser that hangs is killed, and another takes its place', async () => {
  const watched = new ParserProcess({ limitMs: 500 })
  onTestFinished(() => watched[Symbol.asyncDispose]())
  await expect(watched.load(Buffer.from('hang'))).rejects.toThrow('no answer within 500 ms')
  await expect(watched.load(Buffer.from('# nothing'))).resolves.toMatchObject({ kind: 'refused' })
})
