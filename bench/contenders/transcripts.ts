// Large values as agents have them: transcripts whose tool results quote source files, some of them more than once.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** Texts to quote from: what this repository holds of guides and sources. */
function readTexts(): readonly string[] {
  const folders = [
    'docs/guides',
    'docs/decisions',
    'packages/storage-pg/src/blobs',
    'packages/actors/src/entity',
  ]
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => /\.(md|ts)$/.test(file))
      .sort()
      .map((file) => readFileSync(join(root, folder, file), 'utf8')),
  )
}

let texts: readonly string[] | undefined

/** One message of a transcript. */
type Message = Readonly<Record<'id' | 'role' | 'tool' | 'content', string>>

/** A transcript of about so many bytes; different seeds give different ones. */
export function transcript(seed: number, bytes: number): readonly Message[] {
  texts ??= readTexts()
  const messages: Message[] = []
  let length = 0
  for (let index = 0; length < bytes; index++) {
    const turn = seed * 7_919 + index * 104_729
    const text = texts[turn % texts.length] ?? ''
    const from = (turn * 31) % Math.max(text.length - 4_000, 1)
    const content = text.slice(from, from + 1_000 + (turn % 3_000))
    const role = index % 3 === 0 ? 'assistant' : 'tool'
    messages.push({ id: `msg_${seed}_${index}`, role, tool: 'read_file', content })
    length += content.length + 80
  }
  return messages
}
