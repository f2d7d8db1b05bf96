// The specs an inspecting command reads by. Some need them, to rebuild a state; others do without, and mask less.
import { isPerdureError, suggestName } from '@perdure/core'
import type { EntitySpec } from '@perdure/core'
import { CliError } from '../errors/cli-error.ts'
import type { CliIo } from '../io.ts'
import { loadSoundSpecs } from '../specs/load-sound-specs.ts'
import type { StorageOptions } from './storage-options.ts'

/** The spec of a type. @throws CliError `spec_not_found`, `spec_invalid`, `unknown_entity_type` */
export async function requireSpec(io: CliIo, options: StorageOptions, type: string): Promise<EntitySpec> {
  const specs = await loadSoundSpecs(options.specs ?? [], io.cwd)
  const found = specs.find(({ spec }) => spec.name === type)
  if (found !== undefined) return found.spec
  throw unknownType(
    type,
    specs.map(({ spec }) => spec.name),
  )
}

/** The specs that are there; when none is, and nobody named any, that is said on stderr and the command goes on. */
export async function findSpecs(io: CliIo, options: StorageOptions): Promise<readonly EntitySpec[]> {
  try {
    return (await loadSoundSpecs(options.specs ?? [], io.cwd)).map(({ spec }) => spec)
  } catch (error) {
    if (options.specs !== undefined || !isPerdureError(error)) throw error
    const isShown = options.showSensitive === true
    if (!isShown) io.stderr.write(`note: ${error.message}; sensitive values are not masked without specs\n`)
    return []
  }
}

/** What to say of a type that no spec declares. */
function unknownType(type: string, known: readonly string[]): CliError {
  const nearest = suggestName(type, known)
  const hint = nearest === undefined ? `the specs declare ${known.join(', ')}` : `did you mean '${nearest}'?`
  return new CliError('unknown_entity_type', `no spec declares the entity type '${type}'`, { hint })
}
