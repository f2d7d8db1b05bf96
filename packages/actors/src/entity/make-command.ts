// The boundary: what a caller hands over becomes a command of ours, or a typed refusal before anything has happened.
import { adoptJson, fitsWithin, formatEntityKey, formatPath, jsonSize, nameProblem } from '@perdure/core'
import type { Command, CommandMeta, EntityKey, JsonObject, Limits } from '@perdure/core'
import { ActionRejected, InvalidArgument, PayloadTooLarge } from '../errors/host-errors.ts'

/** What a caller asks for, not yet looked at. */
export type Asked =
  | { readonly kind: 'create'; readonly fields: unknown }
  | { readonly kind: 'action'; readonly action: string; readonly params: unknown }
  | { readonly kind: 'updateFields'; readonly fields: unknown }
  | { readonly kind: 'delete' }

/**
 * Checks ids and options and takes the payload over.
 * @throws InvalidArgument, ActionRejected `not_json` or `unknown_action`, PayloadTooLarge
 */
export function makeCommand(entity: EntityKey, asked: Asked, options: CommandMeta, limits: Limits): Command {
  checkEntityKey(entity, limits)
  const meta = makeMeta(options, limits)
  switch (asked.kind) {
    case 'create':
      return { kind: 'create', fields: adoptObject(entity, 'Created', 'fields', asked.fields, limits), meta }
    case 'updateFields':
      return {
        kind: 'updateFields',
        fields: adoptObject(entity, 'FieldsUpdated', 'fields', asked.fields, limits),
        meta,
      }
    case 'action': {
      const action = checkActionName(entity, asked.action)
      return {
        kind: 'action',
        action,
        params: adoptObject(entity, action, 'params', asked.params, limits),
        meta,
      }
    }
    case 'delete':
      return { kind: 'delete', meta }
  }
}

/** @throws InvalidArgument when the tenant or the id cannot name an entity */
export function checkEntityKey(
  { tenant, id }: Pick<EntityKey, 'tenant' | 'id'>,
  { maxIdBytes }: Limits,
): void {
  const ofTenant = nameProblem(tenant, maxIdBytes)
  if (ofTenant !== undefined) throw new InvalidArgument('invalid_tenant', `a tenant ${ofTenant}`)
  const ofId = nameProblem(id, maxIdBytes)
  if (ofId !== undefined) throw new InvalidArgument('invalid_id', `an entity id ${ofId}`)
}

/** Callers without types may hand over anything at all. */
function checkActionName(entity: EntityKey, action: unknown): string {
  if (typeof action === 'string') return action
  const message = `${formatEntityKey(entity)}: an action is named by a string, and was ${String(action)}`
  throw new ActionRejected({ code: 'unknown_action', message, action: String(action) })
}

const noMeta: CommandMeta = {}

function makeMeta(options: CommandMeta, { maxIdBytes }: Limits): CommandMeta {
  const { idempotencyKey, expectedSequence, correlationId, causationId } = options
  const given = [idempotencyKey, expectedSequence, correlationId, causationId]
  if (given.every((value) => value === undefined)) return noMeta
  const problem = idempotencyKey === undefined ? undefined : nameProblem(idempotencyKey, maxIdBytes)
  if (problem !== undefined)
    throw new InvalidArgument('invalid_idempotency_key', `an idempotency key ${problem}`)
  return {
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(expectedSequence === undefined ? {} : { expectedSequence }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(causationId === undefined ? {} : { causationId }),
  }
}

function adoptObject(
  entity: EntityKey,
  action: string,
  what: string,
  value: unknown,
  limits: Limits,
): JsonObject {
  const name = formatEntityKey(entity)
  const adopted = adoptJson(value ?? {}, limits.maxNestingDepth)
  const reject = (message: string): never => {
    throw new ActionRejected({ code: 'not_json', message: `${name}: ${action}: ${message}`, action })
  }
  if (!adopted.ok) {
    const { path, reason } = adopted.problem
    return reject(`${formatPath(what, path)} is ${reason}, which JSON cannot say; convert it first`)
  }
  if (typeof adopted.value !== 'object' || adopted.value === null || Array.isArray(adopted.value)) {
    return reject(`${what} must be an object of names and values`)
  }
  const object = adopted.value as JsonObject
  if (fitsWithin(object, limits.maxEventBytes)) return object
  throw new PayloadTooLarge(name, `${what} of ${action}`, jsonSize(object), limits.maxEventBytes)
}
