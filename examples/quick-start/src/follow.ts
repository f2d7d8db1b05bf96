import type { Host } from '@perdure/actors'

/** Prints what happens to orders until the signal fires. @returns the position to go on from */
export async function followOrders(host: Host, after: bigint, signal: AbortSignal): Promise<bigint> {
  let seen = after
  for await (const { position, event } of host.subscribe({ after, types: ['Order'], signal })) {
    console.log(position, event.id, event.action, '→', event.to)
    seen = position
  }
  return seen
}
