/** One level of logging: structured facts first, then a sentence, as pino has it. */
export type LogMethod = (facts: Readonly<Record<string, unknown>>, message: string) => void

/** Where a host logs to; pino and console-like loggers fit. */
export interface Logger {
  readonly debug: LogMethod
  readonly info: LogMethod
  readonly warn: LogMethod
  readonly error: LogMethod
}

const ignore: LogMethod = () => {}

/** Logs nothing. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
