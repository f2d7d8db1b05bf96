// What a storage should hold, in as few lines as say it: an independent oracle for the random cases. Entities, contents and
// fields are plain names; there are no bytes, no tenants and no failures.

/** An entity in the model. */
export interface ModelEntity {
  readonly eventIds: string[]
  deleted: boolean
  /** When its newest event happened. */
  at: number
  snapshot: number
}

/** A claim in the model: of a field on a content, ending at a time or never. */
export interface ModelClaim {
  readonly field: string
  readonly content: string
  readonly expiresAt?: number
}

/** A commit in the model. */
export interface ModelUnit {
  readonly entity: string
  readonly at: number
  readonly expected: number
  readonly eventIds: readonly string[]
  readonly deletes: boolean
  readonly claims: readonly ModelClaim[]
  readonly releases: readonly ModelClaim[]
  readonly snapshot?: number
}

/** What a sweep or a prune did in the model. */
export interface ModelSweep {
  readonly expiredRefs: number
  readonly agedRefs: number
  readonly orphanedBlobs: number
  readonly deletedBlobs: number
}

/** The oracle. */
export class ContractModel {
  readonly entities: Map<string, ModelEntity> = new Map()
  /** `entity field content` → when the reference ends, and when it was made. */
  readonly refs: Map<string, { readonly end: number; readonly madeAt: number }> = new Map()
  /** Content → since when it is an orphan; Infinity: it is none. */
  readonly contents: Map<string, number> = new Map()
  positions = 0

  commit(unit: ModelUnit): string {
    const entity = this.entities.get(unit.entity) ?? { eventIds: [], deleted: false, at: 0, snapshot: 0 }
    const first = unit.eventIds[0]
    if (first !== undefined && entity.eventIds[unit.expected] === first) return 'committed'
    if (entity.eventIds.length !== unit.expected) return `conflict ${entity.eventIds.length}`
    if (entity.deleted) return 'refused'
    this.entities.set(unit.entity, entity)
    entity.eventIds.push(...unit.eventIds)
    entity.deleted = unit.deletes
    entity.at = unit.at
    this.positions += unit.eventIds.length
    this.saveSnapshot(unit.entity, unit.snapshot ?? 0)
    for (const { field, content } of unit.releases) this.refs.delete(`${unit.entity} ${field} ${content}`)
    for (const claim of unit.claims) this.#hold(unit.entity, claim, unit.at)
    return 'committed'
  }

  restore(name: string, version: number, claims: readonly ModelClaim[]): boolean {
    const entity = this.entities.get(name)
    if (entity?.eventIds.length !== version) return false
    for (const claim of claims) if (!this.holds(name, claim)) this.#hold(name, claim, entity.at)
    return true
  }

  saveSnapshot(name: string, sequence: number): void {
    const entity = this.entities.get(name)
    if (entity && sequence > entity.snapshot && sequence <= entity.eventIds.length) entity.snapshot = sequence
  }

  sweep(now: number, graceMs: number, maxAgeMs: number): ModelSweep {
    const expired = [...this.refs].filter(([, { end }]) => end <= now)
    for (const [ref] of expired) this.refs.delete(ref)
    const isDeleted = (ref: string) => this.entities.get(ref.split(' ')[0] ?? '')?.deleted === true
    const mayGo = [...this.refs].filter(([ref, { end }]) => end < Infinity || isDeleted(ref))
    const aged = mayGo.filter(([, { madeAt }]) => madeAt <= now - maxAgeMs)
    for (const [ref] of aged) this.refs.delete(ref)
    const held = new Set([...this.refs.keys()].map((ref) => ref.split(' ')[2]))
    const orphans = [...this.contents].filter(([content, since]) => since === Infinity && !held.has(content))
    for (const [content] of orphans) this.contents.set(content, now)
    const due = [...this.contents].filter(([content, since]) => since <= now - graceMs && !held.has(content))
    for (const [content] of due) this.contents.delete(content)
    const { length: agedRefs } = aged
    return { expiredRefs: expired.length, agedRefs, orphanedBlobs: orphans.length, deletedBlobs: due.length }
  }

  holds(name: string, { field, content }: ModelClaim): boolean {
    return this.refs.has(`${name} ${field} ${content}`)
  }

  #hold(name: string, { field, content, expiresAt = Infinity }: ModelClaim, at: number): void {
    const ref = `${name} ${field} ${content}`
    this.refs.set(ref, { end: expiresAt, madeAt: Math.max(at, this.refs.get(ref)?.madeAt ?? at) })
    this.contents.set(content, Infinity)
  }
}
