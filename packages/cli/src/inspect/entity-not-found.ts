import { formatEntityKey } from '@perdure/core'
import type { EntityKey } from '@perdure/core'
import { CliError } from '../errors/cli-error.ts'

/** What to say of an entity that was never created. */
export function entityNotFound(entity: EntityKey): CliError {
  return new CliError('entity_not_found', `${formatEntityKey(entity)} does not exist`, {
    hint: `'perdure entities ${entity.type}' lists those that do; another tenant needs --tenant`,
    exitCode: 1,
  })
}
