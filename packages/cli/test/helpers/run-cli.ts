// Runs the tool in this process, with streams that remember.
import type { Clock } from '@perdure/core'
import { run } from '../../src/index.ts'
import type { CliIo, ExitCode, TextSink } from '../../src/index.ts'

/** How a run is set up. */
export interface RunOptions {
  readonly cwd: string
  /** Whether a person reads along. @defaultValue false */
  readonly isTTY?: boolean
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
  /** Ctrl-C. */
  readonly signal?: AbortSignal
  readonly clock?: Clock
  /** Told of everything that is written. */
  readonly onOutput?: (stdout: string) => void
}

/** What a run came to. */
export interface RunResult {
  readonly exitCode: ExitCode
  readonly stdout: string
  readonly stderr: string
}

/** What a command knows of the world in a test, and what it has written there. */
export interface TestIo {
  readonly io: CliIo
  readonly text: { readonly stdout: string; readonly stderr: string }
}

/** Streams that remember. */
export function ioFor(options: RunOptions): TestIo {
  const { cwd, isTTY = false, columns, env = {}, signal, clock, onOutput } = options
  const text = { stdout: '', stderr: '' }
  const sink = (name: keyof typeof text): TextSink => ({
    isTTY,
    ...(columns === undefined ? {} : { columns }),
    write: (chunk) => {
      text[name] += chunk
      onOutput?.(text.stdout)
    },
    ready: () => Promise.resolve(),
  })
  const io: CliIo = {
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    env,
    cwd,
    interrupted: () => signal ?? new AbortController().signal,
    ...(clock === undefined ? {} : { clock }),
  }
  return { io, text }
}

/** Runs one command. */
export async function runCli(argv: readonly string[], options: RunOptions): Promise<RunResult> {
  const { io, text } = ioFor(options)
  const exitCode = await run(argv, io)
  return { exitCode, ...text }
}
