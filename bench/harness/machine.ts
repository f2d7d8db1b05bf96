import { cpus, totalmem } from 'node:os'

/** Where and with what a run was made. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGib: number
  readonly node: string
}

/** Describes this machine. */
export function thisMachine(): Machine {
  const processors = cpus()
  return {
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  }
}
