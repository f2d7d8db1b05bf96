// Runs a fixture in a process of its own, on sources, as the tests run.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What a fixture reports. */
interface Report {
  readonly kind: string
  readonly code?: string
  readonly message?: string
  readonly id?: string
  readonly version?: number
}

/** A running fixture. */
export interface Child {
  readonly process: ChildProcess
  /** Everything reported so far. */
  readonly reports: readonly Report[]
  /** Waits for the first report that satisfies the condition; rejects when the process ends before. */
  report(condition: (report: Report) => boolean): Promise<Report>
  /** Kills it without a warning and waits until it is gone. */
  kill(): Promise<void>
}

/** Starts a fixture with arguments. */
export function startChild(fixture: string, ...args: readonly string[]): Child {
  const child = fork(fileURLToPath(new URL(`fixtures/${fixture}`, import.meta.url)), args, {
    execArgv: ['--import', 'tsx', '--conditions', '@perdure/source'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const reports: Report[] = []
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const each of waiting) each()
  }
  let exited = false
  child.on('message', (report) => {
    reports.push(report as Report)
    wake()
  })
  child.on('exit', () => {
    exited = true
    wake()
  })
  const report = (condition: (report: Report) => boolean): Promise<Report> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = reports.find(condition)
        if (found === undefined && !exited) return
        waiting.delete(look)
        if (found === undefined) reject(new Error('the process ended without that report'))
        else resolve(found)
      }
      waiting.add(look)
      look()
    })
  const kill = async (): Promise<void> => {
    if (exited) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  return { process: child, reports, report, kill }
}
