import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'

interface Report {
  readonly kind: string
  readonly code?: string
}

/** Starts the service, sends it signals once it is up, and waits for its end. */
async function runService(args: readonly string[], signals: readonly NodeJS.Signals[]) {
  const child = fork(fileURLToPath(new URL('fixtures/service.ts', import.meta.url)), args, {
    execArgv: ['--import', 'tsx', '--conditions', '@perdure/source'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const reports: Report[] = []
  const [first, second] = signals
  child.on('message', (report: Report) => {
    reports.push(report)
    if (report.kind === 'up' && first !== undefined) child.kill(first)
    if (report.kind === 'before' && second !== undefined) child.kill(second)
  })
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  return { code, signal, kinds: reports.map((report) => report.kind), reports }
}

describe('a service that is told to end', () => {
  it('stores what it accepted, and leaves with 0', async () => {
    const { code, kinds } = await runService(['300', '10000'], ['SIGTERM'])
    expect(kinds.filter((kind) => kind === 'stored')).toHaveLength(3)
    expect(code).toBe(0)
  })

  it('rejects by name what the deadline cuts off, and leaves with 1', async () => {
    const { code, kinds, reports } = await runService(['60000', '100'], ['SIGINT'])
    expect(kinds).toContain('before')
    expect(reports.filter(({ kind }) => kind === 'rejected').map((report) => report.code)).toEqual([
      'host_stopped',
      'host_stopped',
      'host_stopped',
    ])
    expect(code).toBe(1)
  })

  it('leaves at once on a second signal, and says which', async () => {
    const { code, kinds } = await runService(['60000', '60000'], ['SIGTERM', 'SIGINT'])
    expect(kinds).not.toContain('rejected')
    expect(code).toBe(130)
  })

  it('leaves with 1 when something fails on the way', async () => {
    const { code, kinds } = await runService(['1', '10000', 'close'], ['SIGTERM'])
    expect(kinds.filter((kind) => kind === 'stored')).toHaveLength(3)
    expect(code).toBe(1)
  })
})
