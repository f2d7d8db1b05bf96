import { formatEntityKey } from '@perdure/core'
import type { Command, EntityKey, EntityState, PerdureError } from '@perdure/core'
import { Conflict, EntityExists, EntityNotFound } from '../errors/host-errors.ts'

/** Why a command cannot be asked of an entity in this state, whatever its model says. */
export function checkPreconditions(
  entity: EntityKey,
  state: EntityState,
  command: Command,
): PerdureError | undefined {
  const { expectedSequence } = command.meta
  if (command.kind === 'create') {
    if (state.version > 0) return new EntityExists(formatEntityKey(entity), state.deletedAt !== undefined)
  } else if (state.version === 0) return new EntityNotFound(formatEntityKey(entity))
  if (expectedSequence === undefined || expectedSequence === state.version) return undefined
  return new Conflict(
    formatEntityKey(entity),
    `is at version ${state.version}, not at ${expectedSequence}; read it again and decide anew`,
    {
      expected: expectedSequence,
      actual: state.version,
    },
  )
}
