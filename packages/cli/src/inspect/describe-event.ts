import type { EntityEvent, JsonValue } from '@perdure/core'
import { formatSize } from '../terminal/format-time.ts'
import { shorten, shortJson } from '../terminal/shorten.ts'

/** The change of status in an event: `Created → Configured`, or the one it stays in. */
export function describeStep({ from, to }: EntityEvent): string {
  if (from === '') return to
  return from === to ? to : `${from} → ${to}`
}

/** The params of an event on one line. */
export function describeParams({ params, paramRefs }: EntityEvent, maxLength: number): string {
  const inline = Object.entries(params).map(([name, value]) => `${name}=${describeValue(value)}`)
  const referenced = Object.entries(paramRefs ?? {}).map(
    ([name, { size }]) => `${name}=<${formatSize(size)}>`,
  )
  return shorten([...inline, ...referenced].join(' '), maxLength)
}

function describeValue(value: JsonValue): string {
  const text = shortJson(value, 32)
  return text.endsWith('…') && typeof value === 'string'
    ? `${text} (${formatSize(Buffer.byteLength(value))})`
    : text
}
