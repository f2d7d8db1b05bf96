// Arguments → spec files. A path names itself, a directory everything below it, anything else is a glob.
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { suggestName } from '@perdure/core'
import { glob } from 'tinyglobby'
import { CliError } from '../errors/cli-error.ts'

/** Where specs are looked for when nothing is said. */
const defaultGlobs: readonly string[] = ['entities/**/*.ioa.toml', '*.ioa.toml']

const ignored = ['**/node_modules/**', '**/.git/**']

/**
 * Finds the spec files that the arguments name, sorted, each once, relative to `cwd`.
 * @throws CliError `spec_not_found` when an argument, or all of the defaults together, match nothing
 */
export async function findSpecFiles(globs: readonly string[], cwd: string): Promise<readonly string[]> {
  const files = new Set<string>()
  for (const pattern of globs.length === 0 ? defaultGlobs : globs) {
    const matches = await expand(pattern, cwd)
    if (matches.length === 0 && globs.length > 0) throw await notFound(pattern, cwd)
    for (const match of matches) files.add(match)
  }
  if (files.size === 0) throw await notFound(defaultGlobs.join(' or '), cwd)
  return [...files].sort()
}

async function expand(pattern: string, cwd: string): Promise<readonly string[]> {
  const found = await stat(path.resolve(cwd, pattern)).catch(() => undefined)
  if (found?.isFile() === true) return [path.normalize(pattern)]
  const slashed = path.sep === '\\' ? pattern.replaceAll('\\', '/') : pattern
  const below = found?.isDirectory() === true ? path.posix.join(slashed, '**/*.ioa.toml') : slashed
  return glob(below, { cwd, onlyFiles: true, ignore: ignored, expandDirectories: false })
}

async function notFound(pattern: string, cwd: string): Promise<CliError> {
  const there = (await Promise.all(defaultGlobs.map((glob) => expand(glob, cwd)))).flat()
  const nearest = suggestName(pattern, there)
  const folder = await stat(path.resolve(cwd, pattern)).catch(() => undefined)
  const message =
    folder?.isDirectory() === true
      ? `there is no *.ioa.toml below ${pattern}`
      : `no spec matches ${pattern} in ${cwd}`
  return new CliError('spec_not_found', message, {
    hint:
      nearest === undefined
        ? "name the files, as in 'perdure check specs/*.ioa.toml', or start a project with 'perdure init'"
        : `did you mean '${nearest}'?`,
  })
}
