import { createHost } from '@perdure/actors'
import type { Host, HostOptions } from '@perdure/actors'

export async function startHost({ specs, storage }: HostOptions): Promise<Host> {
  return createHost({
    specs,
    storage,
    maxCommandsInFlight: 5_000,
    maxBytesInFlight: 64 * 1024 * 1024,
    onError: ({ code, message }) => console.error(code, message),
  })
}

/** For a health endpoint: plain data, and nothing is asked of the storage. */
export function report(host: Host): { readonly status: number; readonly body: string } {
  const health = host.health()
  const isAlive = health.state === 'running' || health.state === 'degraded'
  return { status: isAlive ? 200 : 503, body: JSON.stringify(health) }
}

/** Answered as soon as it is decided: for what may get lost. */
export async function note(host: Host, id: string, text: string): Promise<void> {
  await host.entity('Note', id).ask('Write', { text }, { durability: 'processed' })
}
