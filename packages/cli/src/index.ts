// The public face of @perdure/cli: the tool as a function, for tests and for other tools.
export { run } from './run.ts'
export type { ExitCode } from './exit-code.ts'
export type { CliIo, TextSink } from './io.ts'
