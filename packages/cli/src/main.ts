// The process around the tool: streams, signals and the exit code. Called by bin/perdure.js.
import { once } from 'node:events'
import type { WriteStream } from 'node:tty'
import type { CliIo, TextSink } from './io.ts'
import { run } from './run.ts'

/** Runs the command that the process was started with, and sets its exit code. */
export async function main(): Promise<void> {
  endQuietlyWithReader(process.stdout)
  endQuietlyWithReader(process.stderr)
  process.exitCode = await run(process.argv.slice(2), processIo())
}

function processIo(): CliIo {
  return {
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    interrupted: () => {
      const controller = new AbortController()
      // Once: a second Ctrl-C ends the process in any case.
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort())
      return controller.signal
    },
  }
}

/** `perdure … | head`: a reader that has seen enough is no error. */
function endQuietlyWithReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    throw error
  })
}

function sinkOf(stream: WriteStream): TextSink {
  return {
    isTTY: stream.isTTY,
    ...(stream.columns === undefined ? {} : { columns: stream.columns }),
    write: (text) => void stream.write(text),
    ready: async () => {
      if (stream.writableNeedDrain) await once(stream, 'drain')
    },
  }
}
