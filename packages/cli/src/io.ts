// What a command knows of the world outside: where text goes, where it stands, when to stop. Tests bring their own.
import type { Clock } from '@perdure/core'

/** Where text goes. */
export interface TextSink {
  /** Whether a person reads along. */
  readonly isTTY: boolean
  /** Characters a line, where known. */
  readonly columns?: number
  write(text: string): void
  /** Resolves when the reader has caught up; a command that writes much waits for it now and then. */
  ready(): Promise<void>
}

/** Everything a command may touch besides files and databases. */
export interface CliIo {
  /** What was asked for: reports, tables, JSON. */
  readonly stdout: TextSink
  /** What went wrong, and remarks. */
  readonly stderr: TextSink
  readonly env: Readonly<Record<string, string | undefined>>
  /** What relative paths are relative to. */
  readonly cwd: string
  /** Asks to be told of Ctrl-C instead of being ended by it; for commands that run until then. */
  readonly interrupted: () => AbortSignal
  /** @defaultValue the machine's */
  readonly clock?: Clock
}
