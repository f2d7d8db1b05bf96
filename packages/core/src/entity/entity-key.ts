/** Names one entity: tenant, type and id. Equal ids of two tenants are two entities. */
export interface EntityKey {
  readonly tenant: string
  readonly type: string
  readonly id: string
}

/** An entity in messages and logs: `Session/s-1`, with the tenant in front unless it is the default one. */
export function formatEntityKey(key: EntityKey): string {
  return key.tenant === defaultTenant ? `${key.type}/${key.id}` : `${key.tenant}:${key.type}/${key.id}`
}

/** The tenant of a host that names none. */
export const defaultTenant = 'default'
