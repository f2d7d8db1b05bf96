import { Host } from './host.ts'
import type { EntityTypeMap, UntypedEntities } from './entity-types.ts'
import type { HostOptions } from './host-options.ts'

/**
 * Starts a host: the runtime of entities in this process. With the types that `perdure types` generates, as in
 * `createHost<EntityTypes>(…)`, the compiler knows every entity type, action, param, status and field.
 * @throws SpecNotSupported when a spec needs what this version does not carry out; InvalidArgument for options that make
 *   no sense; with a router StorageError and RouterError, when it cannot join the others
 */
export async function createHost<Entities extends EntityTypeMap<Entities> = UntypedEntities>(
  options: HostOptions,
): Promise<Host<Entities>> {
  const host = new Host<Entities>(options)
  await host.join()
  return host
}
