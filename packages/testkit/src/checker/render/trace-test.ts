// A trace as a vitest test that repeats it on a real host: to step through, to keep while the spec is being mended.
import type { JsonValue } from '@perdure/core'
import type { TraceStep } from '../concrete/trace.ts'
import type { PropertyResult } from '../report.ts'

/** What the test is about. */
export interface TraceTestOptions {
  /** The entity type. */
  readonly entity: string
  /** Path of the spec file, as the test should load it. */
  readonly specFile: string
}

/** The text of a test file; undefined when the property has no trace. Formatted as prettier does by default. */
export function traceTest(
  { kind, name, message, trace }: PropertyResult,
  { entity, specFile }: TraceTestOptions,
): string | undefined {
  if (trace === undefined) return undefined
  const title = `${entity}: ${[kind, name].filter(Boolean).join(' ')} is refuted by this run`
  const fields = Object.keys(trace.fields).length === 0 ? '' : `, { fields: ${literal(trace.fields)} }`
  const isRefused = trace.steps.some((step) => step.refusal !== undefined)
  const lines = [
    `const specs = await loadSpecs(${quote(specFile)})`,
    `const host = await createHost({ specs, storage: openMemoryStorage() })`,
    `const entity = await host.spawn(${quote(entity)}${fields})`,
    ...(isRefused ? [`const refusals: string[] = []`] : []),
    ...trace.steps.flatMap(stepLines),
    ...expectations(trace.steps, trace.initial),
    ...(trace.loopsFrom === undefined
      ? []
      : [`// … and for ever again from ${trace.steps[trace.loopsFrom]?.action ?? 'the beginning'} on`]),
    `await host.stop()`,
  ]
  return `// ${message}
import { createHost } from '@perdure/actors'
import { openMemoryStorage } from '@perdure/core/memory'
import { loadSpecs } from '@perdure/spec-parser'
import { expect, it } from 'vitest'

it(${quote(title)}, async () => {
${lines.map((line) => `  ${line}\n`).join('')}})
`
}

function stepLines({ action, params, related, refusal }: TraceStep): readonly string[] {
  const given = Object.keys(params).length === 0 ? '' : `, ${literal(params)}`
  const notes = Object.entries(related ?? {}).map(
    ([key, status]) => `// while ${key} ${status === null ? 'does not exist' : `is ${status}`}`,
  )
  if (refusal === undefined) return [...notes, `await entity.ask(${quote(action)}${given})`]
  return [
    ...notes,
    `const refused = await entity.tryAsk(${quote(action)}${given})`,
    `if (!refused.ok) refusals.push(refused.error.code)`,
  ]
}

/** A refused command leaves the status as it was. */
function expectations(steps: readonly TraceStep[], initial: string): readonly string[] {
  const last = steps.at(-1)
  const status = last === undefined ? initial : last.refusal === undefined ? last.to : last.from
  const ending = [`expect((await entity.state()).status).toBe(${quote(status)})`]
  return last?.refusal === undefined
    ? ending
    : [`expect(refusals).toEqual([${quote(last.refusal.code)}])`, ...ending]
}

function literal(value: JsonValue): string {
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(literal).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value as Readonly<Record<string, JsonValue>>)
  if (members.length === 0) return '{}'
  return `{ ${members.map(([name, member]) => `${key(name)}: ${literal(member)}`).join(', ')} }`
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name)
}

function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
