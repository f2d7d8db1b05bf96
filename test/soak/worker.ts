// The campaign's side of a worker process: starts it ahead of time, gives it its order, notes what it says, kills it.
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { LoadLog } from './load.ts'
import type { WorkerOrder } from './soak-worker.ts'

const entry = fileURLToPath(new URL('soak-worker.ts', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

/** A process that waits for its order; starting takes longer than working. */
export class Worker {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #complaints: string[] = []
  /** Lines heard so far. */
  lines = 0
  /** Conflicts it met, commands it forwarded, entities it took over, when it last said so. */
  facts: readonly number[] = []
  /** It stored everything, and left by itself. */
  hasStopped = false
  /** The point at which it killed itself. */
  diedAt: string | undefined

  constructor() {
    const flags = ['--import', 'tsx', '--conditions', '@perdure/source']
    this.child = spawn(process.execPath, [...flags, entry], { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] })
    this.child.stdin.on('error', () => {})
    this.child.stderr.on('data', (chunk: Buffer) => this.#complaints.push(chunk.toString()))
  }

  /**
   * Works until it is killed, by `isEnough` after some line, `afterMs` after its order, from outside, or by itself.
   * @throws when it ends otherwise
   */
  async work(
    order: WorkerOrder,
    log: LoadLog,
    { isEnough, afterMs }: { readonly isEnough: (lines: number) => boolean; readonly afterMs?: number },
  ): Promise<void> {
    const exited = once(this.child, 'exit')
    this.child.stdin.write(`${JSON.stringify(order)}\n`)
    const timer = afterMs === undefined ? undefined : setTimeout(() => this.kill(), afterMs)
    // Everything that got into the pipe before the end is read, after the kill too.
    for await (const line of createInterface(this.child.stdout)) {
      this.lines++
      this.#note(line, log)
      if (isEnough(this.lines)) this.kill()
    }
    clearTimeout(timer)
    const [, signal] = (await exited) as [number | null, string | null]
    if (signal !== 'SIGKILL' && !this.hasStopped)
      throw new Error(`the worker ended by itself: ${this.#complaints.join('')}`)
  }

  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM' = 'SIGKILL'): void {
    this.child.kill(signal)
  }

  #note(line: string, log: LoadLog): void {
    const [kind, id = '', fact = '', wasDoubtful] = line.split(' ')
    if (kind === 'FACT') {
      if (id === 'stopped') this.hasStopped = true
      else this.facts = [id, fact, wasDoubtful].map(Number)
      return
    }
    switch (kind) {
      case 'TRY':
        return log.tried(id)
      case 'ACK':
        return log.acknowledged(id, Number(fact), wasDoubtful === '1')
      case 'NAK':
        return log.refused(id, fact)
      case 'DIE':
        this.diedAt = id
    }
  }
}
