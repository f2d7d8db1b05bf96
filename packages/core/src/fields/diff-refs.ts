import { own } from '../json/own.ts'
import type { RefClaim, RefRelease } from '../storage/commit-unit.ts'
import type { EntityState } from '../entity/entity-state.ts'

/** What storage must hold and let go of to get from the references of one state to those of a later one. */
export function diffRefs(
  before: EntityState['refs'],
  after: EntityState['refs'],
): { readonly claims: readonly RefClaim[]; readonly releases: readonly RefRelease[] } {
  if (before === after) return { claims: [], releases: [] }
  const claims: RefClaim[] = []
  const releases: RefRelease[] = []
  for (const [field, { hash }] of Object.entries(before)) {
    if (own(after, field)?.hash !== hash) releases.push({ field, hash })
  }
  for (const [field, ref] of Object.entries(after)) {
    const { hash, sequence, expiresAt } = ref
    const then = own(before, field)
    if (then?.hash === hash && then.sequence === sequence) continue
    claims.push(expiresAt === undefined ? { field, hash } : { field, hash, expiresAt })
  }
  return { claims, releases }
}
