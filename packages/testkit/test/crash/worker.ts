// A worker of the crash harness, sound or with a bug planted in it.
import { createHost } from '@perdure/actors'
import { openStorage } from '@perdure/storage-pg'
import { crashWorker } from '@perdure/testkit'
import type { StartHost } from '@perdure/testkit'
import { sessionSpec } from '../arbitraries/specs.ts'

/** How a worker works. */
export interface WorkOptions {
  readonly startHost?: StartHost
  /** Whether what is asked again is asked under its key. @defaultValue true */
  readonly hasKeys?: boolean
}

/** Works until it is killed. */
export async function work({ startHost = createHost, hasKeys = true }: WorkOptions = {}): Promise<never> {
  const worker = await crashWorker()
  const host = await startHost({ specs: [sessionSpec], storage: await openStorage(worker.url) }, worker)
  const sessions = await Promise.all(
    Array.from({ length: 10 }, (_, index) => host.spawn('Session', { id: `s-${index}`, ifAbsent: true })),
  )
  const carryOut = (id: string): Promise<void> => {
    const number = Number(id.slice(1))
    const session = sessions[number % sessions.length] ?? host.entity('Session', 's-0')
    const options = { correlationId: id, ...(hasKeys ? { idempotencyKey: id } : {}) }
    const ask = () =>
      number % 7 === 3
        ? session.ask('Start', {}, options)
        : session.ask('Configure', { prompt: `${id} `.repeat(20) }, options)
    // Without a key, and as if the first answer had been lost: which it is too seldom for a test to wait for.
    return worker.attempt(id, hasKeys ? ask : () => ask().then(ask))
  }
  await Promise.all(worker.inDoubt.map(carryOut))
  let next = worker.tried
  const lanes = Array.from({ length: 20 }, async () => {
    for (;;) await carryOut(`c${next++}`)
  })
  await Promise.all(lanes)
  throw new Error('nobody killed it')
}
