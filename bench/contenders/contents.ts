// Contents by kind, for the benchmark of the codecs.
import type { JsonValue } from '@perdure/core'
import { tools } from './quotations.ts'
import { transcript } from './transcripts.ts'

/** What the tools of `quotations.ts` answer, and all of it together. */
export const contentKinds = [
  'transcript',
  'source files',
  'search hits',
  'package records',
  'test log',
] as const

/** One of them. */
export type ContentKind = (typeof contentKinds)[number]

const toolOf: Readonly<Record<Exclude<ContentKind, 'transcript'>, string>> = {
  'source files': 'read_file',
  'search hits': 'search',
  'package records': 'list_packages',
  'test log': 'run_tests',
}

/** A value of about so many bytes in which nothing is quoted twice. */
export function contentOf(kind: ContentKind, seed: number, bytes: number): JsonValue {
  if (kind === 'transcript') return transcript(seed, bytes)
  const answer = tools.find(({ tool }) => tool === toolOf[kind])?.answer
  if (answer === undefined) throw new RangeError(`no tool answers with ${kind}`)
  const answers: JsonValue[] = []
  for (let length = 0; length < bytes;) {
    const { content } = answer(seed * 7_919 + answers.length, bytes)
    answers.push(content)
    length += JSON.stringify(content).length
  }
  return answers
}
