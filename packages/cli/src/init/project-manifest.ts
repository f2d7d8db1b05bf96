import { readFile } from 'node:fs/promises'

/** What a new project is developed with, besides Perdure. */
const tools: Readonly<Record<string, string>> = {
  '@types/node': '^20.19.43',
  tsx: '^4.23.15',
  typescript: '^7.0.2',
  vitest: '^4.1.12',
}

/** The package.json of a new project: the packages of Perdure in the version of this tool. */
export async function projectManifest(name: string): Promise<string> {
  const own = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(own) as { readonly version: string }
  const packages = (...names: readonly string[]) =>
    Object.fromEntries(names.map((short) => [`@perdure/${short}`, `^${version}`]))
  const manifest = {
    name: packageName(name),
    version: '0.0.0',
    private: true,
    type: 'module',
    engines: { node: '>=20.20' },
    scripts: {
      start: 'tsx src/main.ts',
      test: 'vitest run',
      types: 'perdure types --out src/entities.ts',
      check: 'perdure check --strict && perdure types --out src/entities.ts --check && tsc',
    },
    dependencies: packages('actors', 'core', 'spec-parser', 'storage-pg'),
    devDependencies: { ...packages('cli'), ...tools },
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

/** A directory's name as npm takes it: lower case, without characters that need quoting. */
function packageName(name: string): string {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-')
  return plain.replaceAll(/^[._-]+|[._-]+$/g, '') || 'perdure-project'
}
