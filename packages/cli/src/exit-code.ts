/** How a command ended; the process's exit code. */
export type ExitCode =
  /** All is well. */
  | 0
  /** The answer is no: problems in specs, an unformatted file, an entity that is not there. */
  | 1
  /** The question could not be asked: wrong usage, an unreadable file, a storage that does not answer. */
  | 2
