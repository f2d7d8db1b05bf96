// Real large texts for the story: what TypeScript itself brings, and this repository's lock file.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The texts that the agent of the story works with. */
export interface Texts {
  /** Over 200 KB: a task, and the file it is about. */
  readonly userMessage: string
  /** The document that every turn brings back unchanged. */
  readonly document: string
  /** The lines of the file that hold a word, as a search tool would answer. */
  readonly search: (word: string) => {
    readonly tool: string
    readonly word: string
    readonly lines: readonly FoundLine[]
  }
}

interface FoundLine {
  readonly line: number
  readonly text: string
}

/** Reads the texts. */
export async function readTexts(): Promise<Texts> {
  const dom = await readFile(join(await typescriptLibFolder(), 'lib.dom.d.ts'), 'utf8')
  const document = await readFile(new URL('../../../pnpm-lock.yaml', import.meta.url), 'utf8')
  const excerpt = dom.slice(0, 220_000)
  const lines = dom.split('\n')
  return {
    userMessage: `Which interfaces in this file can be listened to, and how are their listeners typed?\n\n${excerpt}`,
    document,
    search: (word) => ({
      tool: 'search lib.dom.d.ts',
      word,
      lines: lines.flatMap((text, index) => (text.includes(word) ? [{ line: index + 1, text }] : [])),
    }),
  }
}

/** TypeScript 7 keeps its library files in a package of its own for each platform. */
async function typescriptLibFolder(): Promise<string> {
  const typescript = createRequire(import.meta.url).resolve('typescript/package.json')
  const platform = `@typescript/typescript-${process.platform}-${process.arch}/package.json`
  return join(dirname(createRequire(typescript).resolve(platform)), 'lib')
}
