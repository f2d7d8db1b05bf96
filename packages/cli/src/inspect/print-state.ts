import { formatEntityKey } from '@perdure/core'
import type { BlobRef, EntityHead, EntityKey, JsonValue } from '@perdure/core'
import { formatSize, formatTime } from '../terminal/format-time.ts'
import type { Painter } from '../terminal/paint.ts'

/** A field on its way to the screen: its value, or where the value is. */
export interface FieldView {
  readonly name: string
  readonly value?: JsonValue
  readonly ref?: BlobRef
}

/** A state for people: one line about the entity, one for each field. */
export function printState(
  entity: EntityKey,
  { status, version, updatedAt, deletedAt }: EntityHead,
  fields: readonly FieldView[],
  paint: Painter,
): string {
  const end = deletedAt === undefined ? '' : `  ${paint.red(`deleted ${formatTime(deletedAt)}`)}`
  const title = `${paint.bold(formatEntityKey(entity))}  ${paint.green(status)}  version ${version}  ${paint.dim(formatTime(updatedAt))}${end}`
  const width = Math.max(0, ...fields.map(({ name }) => name.length))
  const lines = fields.map(
    (field) => `  ${paint.cyan(field.name.padEnd(width))}  ${printField(field, paint)}`,
  )
  return `${[title, ...lines].join('\n')}\n`
}

function printField({ value, ref }: FieldView, paint: Painter): string {
  if (ref === undefined) return JSON.stringify(value)
  const life = ref.expiresAt === undefined ? '' : `, until ${formatTime(ref.expiresAt)}`
  return paint.dim(`<blob of ${formatSize(ref.size)}${life}; --hydrate shows it>`)
}
