// What the tools of an agent answer, taken from this repository and the packages installed for it: nothing is made up of random
// words, which would compress worse than real text, nor repeated, which would compress better. Used by transcripts.ts.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonValue } from '@perdure/core'

const root = join(import.meta.dirname, '../..')

/** A tool, with its answer number `at`, of about so many bytes. */
interface Tool {
  readonly tool: string
  readonly answer: (at: number, bytes: number) => { readonly input: JsonValue; readonly content: JsonValue }
}

interface File {
  readonly path: string
  readonly lines: readonly string[]
}

const material = once(() => {
  const files = ['packages', 'test', 'examples'].flatMap((folder) => filesIn(folder, '.ts'))
  return {
    sources: files.filter(({ path }) => !path.endsWith('.test.ts')),
    paragraphs: filesIn('docs', '.md')
      .flatMap(({ lines }) => lines.join('\n').split(/\n\n+/))
      .filter(({ length }) => length > 80 && length < 1_000),
    packages: packageRecords(),
    testLog: files.filter(({ path }) => path.endsWith('.test.ts')).flatMap(testLines),
  }
})

const words = ['readonly', 'await', 'import', 'return', 'const']

/** Tools that answer in different forms. */
export const tools: readonly Tool[] = [
  {
    tool: 'read_file',
    answer: (at, bytes) => {
      const { path, lines } = elementAt(material().sources, at)
      const numbered = lines.map((line, index) => `${String(index + 1).padStart(6)}\t${line}`)
      return { input: { path }, content: takeBytes(numbered, 0, bytes).join('\n') }
    },
  },
  {
    tool: 'search',
    answer: (at, bytes) => {
      const pattern = elementAt(words, at)
      return { input: { pattern }, content: takeBytes(hitsOf(pattern), at * 13, bytes) }
    },
  },
  {
    tool: 'list_packages',
    answer: (at, bytes) => ({
      input: { from: at },
      content: takeBytes(material().packages, at, bytes),
    }),
  },
  {
    tool: 'run_tests',
    answer: (at, bytes) => ({
      input: { command: 'npx vitest run', shard: at },
      content: takeBytes(material().testLog, at * 29, bytes).join('\n'),
    }),
  },
]

/** Something for the agent to say: a paragraph of the guides. */
export function remark(at: number): string {
  return elementAt(material().paragraphs, at)
}

const hits = new Map<string, readonly JsonValue[]>()

/** Lines with a word in them, and where they are. */
function hitsOf(pattern: string): readonly JsonValue[] {
  const found = hits.get(pattern) ?? searchFor(pattern)
  hits.set(pattern, found)
  return found
}

function searchFor(pattern: string): readonly JsonValue[] {
  return material().sources.flatMap(({ path, lines }) =>
    lines
      .map((line, index) => ({ path, line: index + 1, text: line.trim() }))
      .filter(({ text }) => text.includes(pattern)),
  )
}

/** As a runner prints them, by the names of the tests; how long one took is told by its name's length. */
function testLines({ path, lines }: File): readonly string[] {
  const names = lines.flatMap((line) => /\bit\('([^']+)'/.exec(line)?.[1] ?? [])
  return names.map((name) => ` ✓ ${path} > ${name} ${name.length * 3}ms`)
}

const told = [
  'name',
  'version',
  'description',
  'license',
  'keywords',
  'homepage',
  'repository',
  'engines',
  'dependencies',
]

/** What a registry tells of a package, of each that is installed. */
function packageRecords(): readonly JsonValue[] {
  const store = join(root, 'node_modules/.pnpm')
  return readdirSync(store)
    .sort()
    .flatMap((entry) => {
      const [name = ''] = entry.replaceAll('+', '/').split(/(?<=.)@/)
      const file = join(store, entry, 'node_modules', name, 'package.json')
      if (!existsSync(file)) return []
      const found = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, JsonValue>>
      return [Object.fromEntries(told.flatMap((key) => (key in found ? [[key, found[key] ?? null]] : [])))]
    })
}

function filesIn(folder: string, ending: string): readonly File[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending) && !/node_modules|\bdist\b/.test(path))
    .sort()
    .map((path) => ({
      path: `${folder}/${path}`,
      lines: readFileSync(join(root, folder, path), 'utf8').split('\n'),
    }))
}

function takeBytes<Item>(items: readonly Item[], from: number, bytes: number): readonly Item[] {
  const taken: Item[] = []
  for (let [length, index] = [0, 0]; length < bytes && index < items.length; index++) {
    const item = elementAt(items, from + index)
    taken.push(item)
    length += JSON.stringify(item).length
  }
  return taken
}

function elementAt<Item>(items: readonly Item[], at: number): Item {
  const item = items[at % items.length]
  if (item === undefined) throw new RangeError('there is nothing to take from')
  return item
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => (made ??= { value: make() }).value
}
