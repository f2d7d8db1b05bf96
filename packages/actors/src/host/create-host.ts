import { Host } from './host.ts'
import type { HostOptions } from './host-options.ts'

/**
 * Starts a host: the runtime of entities in this process.
 * @throws SpecNotSupported when a spec needs what this version does not carry out; InvalidArgument for options that make
 *   no sense
 */
export async function createHost(options: HostOptions): Promise<Host> {
  return Promise.resolve(new Host(options))
}
