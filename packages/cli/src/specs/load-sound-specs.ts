import type { EntitySpec } from '@perdure/core'
import { CliError } from '../errors/cli-error.ts'
import { count } from '../terminal/words.ts'
import { checkSpecs, countIssues } from './check-specs.ts'

/** A spec and where it came from. */
export interface SoundSpec {
  readonly file: string
  readonly spec: EntitySpec
}

/** The specs that the globs match, for commands that work with them. @throws CliError `spec_invalid` when any has errors */
export async function loadSoundSpecs(globs: readonly string[], cwd: string): Promise<readonly SoundSpec[]> {
  const { files, issues } = await checkSpecs(globs, cwd)
  const { error } = countIssues(issues)
  if (error > 0) {
    const broken = [...new Set(issues.filter(({ severity }) => severity === 'error').map(({ file }) => file))]
    throw new CliError('spec_invalid', `${count(error, 'error')} in ${broken.join(', ')}`, {
      hint: `'${['perdure check', ...globs].join(' ')}' shows them in their lines`,
      exitCode: 1,
    })
  }
  return files.flatMap(({ file, spec }) => (spec === undefined ? [] : { file, spec }))
}

/** The one spec in a file. @throws CliError `spec_invalid`, `spec_not_found`, `usage` when it is not one file */
export async function loadSoundSpec(file: string, cwd: string): Promise<EntitySpec> {
  const [first, second] = await loadSoundSpecs([file], cwd)
  if (first !== undefined && second === undefined) return first.spec
  throw new CliError('usage', `${file} names more than one spec`, { hint: 'name one file' })
}
