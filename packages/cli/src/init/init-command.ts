// `perdure init`: a new project that runs. Most files are copied from the template folder of this package; those that
// follow from specs and versions are made here.
import { readFile, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateTypes, parseSpec } from '@perdure/spec-parser'
import { CliError } from '../errors/cli-error.ts'
import type { ExitCode } from '../exit-code.ts'
import { schemaText } from '../generate/schema-command.ts'
import type { CliIo } from '../io.ts'
import { writeText } from '../specs/write-text.ts'
import { paintFor } from '../terminal/paint.ts'
import { projectManifest } from './project-manifest.ts'

const templateFolder = fileURLToPath(new URL('../../template', import.meta.url))

/** Files that cannot have their own name in a package: npm would leave one out, and editors would obey the other. */
const renamed: Readonly<Record<string, string>> = { gitignore: '.gitignore', 'taplo.toml': '.taplo.toml' }

/** Writes a new project. @throws CliError `already_there` rather than overwrite a file */
export async function runInit(io: CliIo, directory: string): Promise<ExitCode> {
  const root = path.resolve(io.cwd, directory)
  const files = await projectFiles(path.basename(root))
  const taken = await existing([...files.keys()], root)
  if (taken.length > 0) {
    throw new CliError('already_there', `${directory} has ${taken.join(', ')} already`, {
      hint: 'choose a new directory: perdure init my-project',
    })
  }
  for (const [file, text] of files) await writeText(file, text, root)
  io.stdout.write(farewell(io, directory, [...files.keys()]))
  return 0
}

/** Every file of a new project by its path, with its text. */
async function projectFiles(name: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>([['package.json', await projectManifest(name)]])
  const entries = await readdir(templateFolder, { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const source = path.join(entry.parentPath, entry.name)
    const target = path.relative(
      templateFolder,
      path.join(entry.parentPath, renamed[entry.name] ?? entry.name),
    )
    files.set(target, (await readFile(source, 'utf8')).replaceAll('{{name}}', name))
  }
  const specs = [...files].filter(([file]) => file.endsWith('.ioa.toml'))
  files.set(
    path.join('src', 'entities.ts'),
    generateTypes(specs.flatMap(([, text]) => parseSpec(text).spec ?? [])),
  )
  files.set(path.join('entities', 'perdure.schema.json'), schemaText())
  return files
}

async function existing(files: readonly string[], root: string): Promise<readonly string[]> {
  const isThere = files.map((file) =>
    stat(path.join(root, file)).then(
      () => true,
      () => false,
    ),
  )
  const found = await Promise.all(isThere)
  return files.filter((_, index) => found[index] === true)
}

function farewell(io: CliIo, directory: string, files: readonly string[]): string {
  const paint = paintFor(io.stdout, io.env)
  const steps = [...(directory === '.' ? [] : [`cd ${directory}`]), 'npm install', 'npm start']
  return [
    ...files.toSorted().map((file) => `  ${paint.green('+')} ${file}`),
    '',
    'Next:',
    ...steps.map((step) => `  ${paint.cyan(step)}`),
    '',
  ].join('\n')
}
