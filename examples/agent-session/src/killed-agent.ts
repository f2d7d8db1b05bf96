import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { AgentMessage } from './agent.ts'

/** The agent beside this file, compiled as this file is. */
const agent = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? 'agent.ts' : 'agent.js', import.meta.url),
)

/** What an agent had said by the time it was killed. */
export interface KilledAgent {
  readonly tried: readonly string[]
  readonly acknowledged: ReadonlyMap<string, { readonly sequence: number; readonly state: string }>
  readonly signal: NodeJS.Signals | null
}

/** Runs an agent in a process of its own and kills it with SIGKILL in the middle of a turn, after so many acknowledged. */
export function runAgentAndKill(args: readonly string[], afterTurns: number): Promise<KilledAgent> {
  const tried: string[] = []
  const acknowledged = new Map<string, { sequence: number; state: string }>()
  const child = fork(agent, [...args], { stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('message', (message: AgentMessage) => {
      if (message.kind === 'acknowledged') acknowledged.set(message.turn, message)
      else {
        tried.push(message.turn)
        // A turn has just been tried and not acknowledged: now is the worst moment.
        if (acknowledged.size >= afterTurns) child.kill('SIGKILL')
      }
    })
    child.on('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve({ tried, acknowledged, signal })
      else reject(new Error(`the agent ended by itself, with code ${code}`))
    })
  })
}
