// A command on its way to another host, as text. Written by the host that was asked, read by the one that carries it out;
// hosts of different versions may meet, so nothing is taken on trust.
import { commandName } from '../entity/command.ts'
import type { Command, CommandMeta } from '../entity/command.ts'
import type { EntityKey } from '../entity/entity-key.ts'
import type { JsonObject } from '../json/json-value.ts'

/** A command for an entity that another host has. */
export interface RoutedCommand {
  readonly entity: EntityKey
  /** Its meta has an idempotency key always: without one, nobody could tell whether it was carried out. */
  readonly command: Command
  /** When the asker hears: once it has committed, or once it is decided. */
  readonly durability: 'committed' | 'processed'
}

/** Version of the text. One that is not known is not read. */
export const routedFormat = 1

/**
 * A command as text: JSON, which gives every JSON value back as it was. Lone surrogates and control characters are escaped, so
 * that none is in the text.
 */
export function encodeRoutedCommand({ entity, command, durability }: RoutedCommand): string {
  const { tenant, type, id } = entity
  return JSON.stringify({ format: routedFormat, entity: { tenant, type, id }, command, durability })
}

/**
 * A command from the text that `encodeRoutedCommand` made; undefined when it is none, or of another format. Its payload is an
 * object of JSON and nothing more is known of it: limits and names are checked by who carries it out, as of any command.
 */
export function decodeRoutedCommand(text: string): RoutedCommand | undefined {
  const read = parseObject(text)
  if (read?.['format'] !== routedFormat) return undefined
  const { entity, command, durability } = read
  if (!isEntityKey(entity) || !isCommand(command)) return undefined
  if (durability !== 'committed' && durability !== 'processed') return undefined
  return { entity, command, durability }
}

/** The object that a text says, if it says one. @internal */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const read: unknown = JSON.parse(text)
    return isObject(read) ? read : undefined
  } catch {
    return undefined
  }
}

/** @internal */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEntityKey(value: unknown): value is EntityKey {
  if (!isObject(value)) return false
  const { tenant, type, id } = value
  return typeof tenant === 'string' && typeof type === 'string' && typeof id === 'string'
}

function isCommand(value: unknown): value is Command {
  if (!isObject(value) || !isMeta(value['meta'])) return false
  const command = value as unknown as Command
  switch (command.kind) {
    case 'create':
    case 'updateFields':
      return isJsonObject(command.fields)
    case 'action':
      return isJsonObject(command.params) && typeof commandName(command) === 'string'
    case 'delete':
      return true
    default:
      return false
  }
}

function isMeta(value: unknown): value is CommandMeta {
  if (!isObject(value)) return false
  const { idempotencyKey, expectedSequence, correlationId, causationId } = value
  if (typeof idempotencyKey !== 'string') return false
  if (expectedSequence !== undefined && typeof expectedSequence !== 'number') return false
  return [correlationId, causationId].every((id) => id === undefined || typeof id === 'string')
}

/** Parsed from JSON, so whatever is an object is one of JSON. */
function isJsonObject(value: unknown): value is JsonObject {
  return isObject(value)
}
