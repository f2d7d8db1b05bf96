import type { Round } from './benchmark.ts'

/** Times work as a round of so many operations. */
export async function timeRound(
  operations: number,
  work: () => Promise<unknown>,
): Promise<Pick<Round, 'operations' | 'elapsedMs' | 'cpuMs'>> {
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  await work()
  const elapsedMs = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpuBefore)
  return { operations, elapsedMs, cpuMs: (user + system) / 1000 }
}
