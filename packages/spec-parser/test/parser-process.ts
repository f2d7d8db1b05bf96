// A parser in a process of its own: what cannot be interrupted from inside, a loop without end, is killed from outside.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import path from 'node:path'

import type { SpecIssue } from '@perdure/core'

/** What became of a file of arbitrary bytes. */
export type ParseReply =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'refused'; readonly code: string; readonly issues: readonly SpecIssue[] }
  /** Something was thrown that is no SpecError. */
  | { readonly kind: 'untyped'; readonly error: string }

/** Asks the process, which is killed and begun anew when it does not answer in time. */
export class ParserProcess implements AsyncDisposable {
  readonly #limitMs: number
  #running: { readonly child: ChildProcess } | undefined

  constructor(options: { readonly limitMs: number }) {
    this.#limitMs = options.limitMs
  }

  /** @throws Error when the file takes longer than the limit, twice: the first time may be the machine's fault. */
  async load(bytes: Uint8Array): Promise<ParseReply> {
    const reply = (await this.#ask(bytes)) ?? (await this.#ask(bytes))
    if (reply === undefined) throw new Error(`no answer within ${this.#limitMs} ms`)
    return reply
  }

  /** Undefined when the process was killed, or died, before it answered. */
  async #ask(bytes: Uint8Array): Promise<ParseReply | undefined> {
    this.#running ??= { child: await startChild() }
    const { child } = this.#running
    const watchdog = setTimeout(() => child.kill('SIGKILL'), this.#limitMs)
    const reply = nextReply(child)
    child.send(bytes)
    try {
      const answer = await reply
      if (answer === undefined) this.#running = undefined
      return answer
    } finally {
      clearTimeout(watchdog)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#running
    this.#running = undefined
    if (running === undefined) return
    const reply = nextReply(running.child)
    running.child.kill('SIGKILL')
    await reply
  }
}

async function startChild(): Promise<ChildProcess> {
  const child = fork(path.join(import.meta.dirname, 'parser-child.ts'), {
    execArgv: ['--import', 'tsx', '--conditions', '@perdure/source'],
    serialization: 'advanced',
  })
  await nextReply(child)
  return child
}

/** The next message; undefined when the process ends first. */
function nextReply(child: ChildProcess): Promise<ParseReply | undefined> {
  return new Promise((resolve) => {
    const settle = (reply: ParseReply | undefined) => {
      child.off('message', onMessage).off('exit', onExit)
      resolve(reply)
    }
    const onMessage = (message: unknown) => settle(message as ParseReply)
    const onExit = () => settle(undefined)
    child.on('message', onMessage).on('exit', onExit)
  })
}
