// Whether entities would lose something by a change of spec. Reads storage, all tenants of it, and changes nothing.
import { stateDifferences, storedStatuses } from '@perdure/core'
import type { EntityKey, EntityModel, SpecDifference, Storage } from '@perdure/core'
import type { SwapReason } from '../errors/spec-swap-refused.ts'
import { statusToday } from '../entity/status-today.ts'

type StateDifference = Extract<SpecDifference, { readonly kind: SwapReason['kind'] }>

/** A difference that may be allowed by name. What is not among them has no meaning that could be agreed to. */
export type AllowedDifference = 'variable_removed' | 'variable_type_changed' | 'field_removed'

const mostListed = 20
const headsPerPage = 200

/** The differences that concern what entities hold, less those allowed. */
export function differencesToCheck(
  differences: readonly SpecDifference[],
  allowed: readonly AllowedDifference[],
): readonly StateDifference[] {
  const concerning: readonly string[] = stateDifferences
  return differences.filter((difference): difference is StateDifference => {
    return concerning.includes(difference.kind) && !allowed.some((kind) => kind === difference.kind)
  })
}

/** The reasons against a model, given what it does away with. @throws StorageError */
export async function findReasons(
  storage: Storage,
  model: EntityModel,
  differences: readonly StateDifference[],
): Promise<readonly SwapReason[]> {
  const reasons: SwapReason[] = []
  for (const difference of differences) {
    const status = difference.kind === 'status_removed' ? difference.status : undefined
    const found = await findEntities(storage, model, status)
    if (found.length === 0 && difference.kind !== 'version_lowered') continue
    reasons.push({
      ...difference,
      entities: found.slice(0, mostListed),
      hasMore: found.length > mostListed,
    })
  }
  return reasons
}

/** Living entities, in this status if one is given: one more than are listed. */
async function findEntities(
  storage: Storage,
  model: EntityModel,
  status: string | undefined,
): Promise<readonly EntityKey[]> {
  const { renamed, ...filter } = statusFilter(model, status)
  const found: EntityKey[] = []
  for (let after: EntityKey | undefined; ;) {
    const page = await storage.listAcrossTenants({
      type: model.name,
      ...filter,
      ...(after === undefined ? {} : { after }),
      limit: headsPerPage,
    })
    for (const head of page) {
      if (renamed && (await statusToday(storage, model, head)) !== status) continue
      const { tenant, type, id } = head
      found.push({ tenant, type, id })
      if (found.length > mostListed) return found
    }
    after = page.at(-1)
    if (page.length < headsPerPage) return found
  }
}

/** A hook may call a stored status anything; then its own name, and what tables lead to it, are looked for. */
function statusFilter(model: EntityModel, status: string | undefined) {
  if (status === undefined) return { renamed: false }
  const former = model.upcasts.steps.flatMap(({ renameStatus }) => Object.keys(renameStatus))
  return { renamed: true, statuses: storedStatuses(model, status) ?? [...new Set([status, ...former])] }
}
