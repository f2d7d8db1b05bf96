// Large values as agents have them: transcripts in the form of a model's messages, whose tool results are of four kinds in turn:
// a source file, hits of a search, records of packages, the log of a test run. All of it is real text, see quotations.ts.
import type { JsonValue } from '@perdure/core'
import { remark, tools } from './quotations.ts'

/** One message of a transcript. */
type Message = { readonly [name: string]: JsonValue }

/** About how much a tool answers. */
const answerBytes = 6_000

/** A transcript of about so many bytes; different seeds give different ones. */
export function transcript(seed: number, bytes: number): readonly Message[] {
  const messages: Message[] = []
  for (let [turn, length] = [0, 0]; length < bytes; turn++) {
    const added = exchange(seed, turn)
    messages.push(...added)
    length += JSON.stringify(added).length
  }
  return messages
}

/** What the agent says and asks a tool for, and what the tool answers. */
function exchange(seed: number, turn: number): readonly Message[] {
  const kind = tools[turn % tools.length]
  if (kind === undefined) throw new RangeError('there are no tools')
  // Far apart from seed to seed; within a transcript one after the other, as an agent reads its way through.
  const at = seed * 7_919 + Math.floor(turn / tools.length) * 31
  const { input, content } = kind.answer(at, answerBytes)
  const id = `toolu_${seed}_${turn}`
  return [
    {
      id: `msg_${seed}_${2 * turn}`,
      role: 'assistant',
      content: [
        { type: 'text', text: remark(at) },
        { type: 'tool_use', id, name: kind.tool, input },
      ],
    },
    {
      id: `msg_${seed}_${2 * turn + 1}`,
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: id, content }],
    },
  ]
}
