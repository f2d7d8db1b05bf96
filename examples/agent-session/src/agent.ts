// The agent: a process of its own that works on a session, turn by turn, until it is killed. It tells its parent what it
// tries before it asks, and what was acknowledged after; the parent believes nothing else.
import { createHost } from '@perdure/actors'
import { canonicalJson } from '@perdure/core'
import { loadSpecs } from '@perdure/spec-parser'
import { openStorage } from '@perdure/storage-pg'
import { readTexts } from './texts.ts'

/** What the agent tells its parent. */
export type AgentMessage =
  | { readonly kind: 'try'; readonly turn: string }
  | {
      readonly kind: 'acknowledged'
      readonly turn: string
      readonly sequence: number
      readonly state: string
    }

const words = [
  'addEventListener',
  'AbortSignal',
  'interface HTML',
  'Promise<',
  'deprecated',
  'readonly length',
]

const [specFile = '', storageUrl = '', schema = '', sessionId = ''] = process.argv.slice(2)
if (sessionId === '') {
  throw new Error('usage: agent <spec file> <storage URL> <schema> <session id>')
}
const report = (message: AgentMessage): void => {
  process.send?.(message)
}

const texts = await readTexts()
const host = await createHost({
  specs: await loadSpecs(specFile),
  storage: await openStorage(storageUrl, { schema }),
})
const session = host.entity('Session', sessionId)

/** One turn: a tool is called, and what it answered is recorded. */
async function takeTurn(number: number): Promise<void> {
  const turn = `turn-${number}`
  report({ kind: 'try', turn })
  const tool_result = { turn, ...texts.search(words[number % words.length] ?? '') }
  const { event, state } = await session.ask(
    'RecordTurn',
    { tool_result, document: texts.document },
    { correlationId: turn },
  )
  report({
    kind: 'acknowledged',
    turn,
    sequence: event.sequence,
    state: canonicalJson(JSON.parse(JSON.stringify(state))),
  })
}

// Two turns are always on their way, so that a kill finds one in the middle.
let next = 1
const work = async (): Promise<never> => {
  for (;;) await takeTurn(next++)
}
await Promise.all([work(), work()])
