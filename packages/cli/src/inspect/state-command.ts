// `perdure state`: where an entity stands, or one field of it.
import {
  FieldUnavailable,
  compileModel,
  fieldText,
  isPerdureError,
  systemClock,
  viewBlobRef,
} from '@perdure/core'
import type { EntityKey, EntityModel, JsonValue, Storage } from '@perdure/core'
import { CliError } from '../errors/cli-error.ts'
import type { ExitCode } from '../exit-code.ts'
import type { CliIo } from '../io.ts'
import { paintFor } from '../terminal/paint.ts'
import { entityNotFound } from './entity-not-found.ts'
import { requireSpec } from './known-specs.ts'
import { mask, sensitiveNames } from './mask-event.ts'
import { printState } from './print-state.ts'
import type { FieldView } from './print-state.ts'
import { readStoredEntity, readStoredField } from './read-state.ts'
import type { StoredEntity } from './read-state.ts'
import type { StorageOptions } from './storage-options.ts'
import { withStorage } from './with-storage.ts'

/** What to show of a state. */
export interface StateOptions extends StorageOptions {
  /** Put large values in place. */
  readonly hydrate?: boolean
  /** Only this field's value, as it is. */
  readonly field?: string
  readonly json?: boolean
}

/** Shows an entity's committed state. @returns 1 when the entity, or the field asked for, is not there */
export async function runState(
  io: CliIo,
  type: string,
  id: string,
  options: StateOptions,
): Promise<ExitCode> {
  const model = compileModel(await requireSpec(io, options, type))
  const entity = { tenant: options.tenant, type, id }
  return withStorage(io, options, async (storage) => {
    const stored = await readStoredEntity(storage, model, entity)
    if (stored === undefined) throw entityNotFound(entity)
    const look = { io, storage, model, entity, stored, options, now: (io.clock ?? systemClock).now() }
    io.stdout.write(
      options.field === undefined ? await showState(look) : await showField(look, options.field),
    )
    return 0
  })
}

interface Look {
  readonly io: CliIo
  readonly storage: Storage
  readonly model: EntityModel
  readonly entity: EntityKey
  readonly stored: StoredEntity
  readonly options: StateOptions
  readonly now: number
}

/** The value alone. A string is printed as it is, with a line break only where a person looks. */
async function showField(
  { io, storage, model, entity, stored, options, now }: Look,
  field: string,
): Promise<string> {
  if (options.showSensitive !== true && sensitiveNames(model.spec).has(field)) {
    throw new CliError('usage', `${field} is sensitive`, { hint: '--show-sensitive shows it' })
  }
  const value = await readStoredField(storage, model, entity, stored.state, field, now)
  if (value === undefined) throw fieldNotSet(stored, field)
  if (options.json === true) return `${JSON.stringify(value)}\n`
  return io.stdout.isTTY ? `${fieldText(value)}\n` : fieldText(value)
}

function fieldNotSet({ state }: StoredEntity, field: string): CliError {
  const set = [...Object.keys(state.fields), ...Object.keys(state.refs)].sort()
  return new CliError('field_not_set', `the field '${field}' is not set`, {
    hint: `set are: ${set.join(', ')}`,
    exitCode: 1,
  })
}

async function showState(look: Look): Promise<string> {
  const { io, entity, options, stored } = look
  const fields = await viewFields(look)
  if (options.json !== true) return printState(entity, stored.head, fields, paintFor(io.stdout, io.env))
  const values = fields.map(({ name, value, ref }): [string, JsonValue] => [
    name,
    value ?? (ref === undefined ? null : viewBlobRef(ref)),
  ])
  return `${JSON.stringify({ ...stored.head, fields: Object.fromEntries(values) }, null, 2)}\n`
}

/** Every field by name: masked, in place, or as the reference to where it is. */
async function viewFields(look: Look): Promise<readonly FieldView[]> {
  const { model, stored, options } = look
  const { fields, refs } = stored.state
  const hidden = options.showSensitive === true ? new Set<string>() : sensitiveNames(model.spec)
  const inline = Object.entries(fields).flatMap(([name, value]): readonly FieldView[] =>
    name === 'status' ? [] : [{ name, value: hidden.has(name) ? mask : value }],
  )
  const large = Object.entries(refs).map(async ([name, ref]): Promise<FieldView> => {
    if (hidden.has(name)) return { name, value: mask }
    return options.hydrate === true ? hydrate(look, { name, ref }) : { name, ref }
  })
  return [...inline, ...(await Promise.all(large))].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** Puts the value in place; where it cannot be had, the reference stays and the reason is said. */
async function hydrate(
  { storage, model, entity, stored, now, io }: Look,
  view: FieldView,
): Promise<FieldView> {
  try {
    const value = await readStoredField(storage, model, entity, stored.state, view.name, now)
    return value === undefined ? view : { name: view.name, value }
  } catch (error) {
    if (!(error instanceof FieldUnavailable) && !isPerdureError(error, 'corrupt_blob')) throw error
    io.stderr.write(`note: ${error.message}\n`)
    return view
  }
}
