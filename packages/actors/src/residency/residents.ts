// The entities in memory, and which of them go when there are too many or when nobody asks for them any more. Used by the
// host's registry. Lets go of idle entities only: what has a command waiting, a write under way or a load going on
// stays, whatever the bound, and so does one whose actor was handed out.
import { formatEntityKey } from '@perdure/core'
import type { Clock, EntityKey, Logger } from '@perdure/core'
import { keyText } from '../entity/key-text.ts'
import type { TenantLimits } from '../host/tenant-limits.ts'
import { EvictionOrder } from './eviction-order.ts'
import type { Resident } from './resident.ts'

/** How many entities stay in memory, and how long. */
export interface ResidencyOptions {
  /** More than these are let go of as soon as they are idle. */
  readonly maxResidents: number
  /** Who has not been asked for in this time, or up to twice of it, is let go of; absent: nobody is. */
  readonly passivateAfterMs?: number | undefined
  /** What each tenant may have of the memory; asked for when its first resident comes. @defaultValue all of it */
  readonly limitsOf?: (tenant: string) => Pick<TenantLimits, 'maxResidents'>
  /** Told who comes and who is let go of. */
  readonly onChange?: (change: 'activated' | 'passivated', entity: EntityKey) => void
}

/** The residents of one tenant, and how many it may have. */
interface Share {
  readonly max: number
  size: number
  /** Absent where nothing but the host's bound holds. */
  readonly order: EvictionOrder | undefined
}

/** Keeps residents by entity. */
export class Residents {
  readonly #options: ResidencyOptions
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #residents = new Map<string, Resident>()
  readonly #order: EvictionOrder
  /** Of tenants that have residents; empty where tenants have no limits. */
  readonly #shares = new Map<string, Share>()
  #round: unknown
  #passivated = 0

  constructor(
    options: ResidencyOptions,
    { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  ) {
    this.#options = options
    this.#clock = clock
    this.#logger = logger
    this.#order = new EvictionOrder(options.maxResidents)
  }

  get size(): number {
    return this.#residents.size
  }

  /** How many have been let go of so far, for want of room or of use. */
  get passivated(): number {
    return this.#passivated
  }

  find(entity: EntityKey): Resident | undefined {
    return this.#residents.get(keyText(entity))
  }

  /** The entity is asked for: the resident, if it is in memory. */
  use(entity: EntityKey): Resident | undefined {
    const key = keyText(entity)
    const resident = this.#residents.get(key)
    if (resident === undefined) return undefined
    resident.isInUse = true
    const share = this.#shares.get(entity.tenant)
    if (!resident.isPinned) this.#touch(key, share)
    this.#makeRoom(key, share)
    return resident
  }

  /** Takes a resident in, and lets others go if there are too many now. It must not be in memory yet. */
  add(resident: Resident): void {
    const key = keyText(resident.entity)
    const share = this.#shareOf(resident.entity.tenant)
    this.#residents.set(key, resident)
    if (share !== undefined) share.size++
    this.#touch(key, share)
    this.#options.onChange?.('activated', resident.entity)
    this.#makeRoom(key, share)
    this.#scheduleRound()
  }

  /** From here on it is let go of only when asked to by name. */
  pin(entity: EntityKey): void {
    const key = keyText(entity)
    const resident = this.#residents.get(key)
    if (resident === undefined) return
    resident.isPinned = true
    this.#order.remove(key)
    this.#shares.get(entity.tenant)?.order?.remove(key)
  }

  isPinned(entity: EntityKey): boolean {
    return this.#residents.get(keyText(entity))?.isPinned === true
  }

  /** Lets go of a resident; it ends. */
  passivate(resident: Resident): void {
    this.forget(resident)
    this.#passivated += 1
    this.#logger.debug({ entity: formatEntityKey(resident.entity) }, 'passivated')
    this.#options.onChange?.('passivated', resident.entity)
    resident.stop()
  }

  /** Forgets a resident, if it is still this one; does not stop it. */
  forget(resident: Resident): void {
    const { entity } = resident
    const key = keyText(entity)
    if (this.#residents.get(key) !== resident) return
    this.#residents.delete(key)
    this.#order.remove(key)
    const share = this.#shares.get(entity.tenant)
    if (share === undefined) return
    share.order?.remove(key)
    if (--share.size === 0) this.#shares.delete(entity.tenant)
  }

  all(): readonly Resident[] {
    return [...this.#residents.values()]
  }

  /** No more rounds. */
  close(): void {
    this.#clock.clearTimeout(this.#round)
    this.#round = undefined
  }

  /** The tenant's, made if it has none yet; undefined where tenants have no limits. */
  #shareOf(tenant: string): Share | undefined {
    const { limitsOf } = this.#options
    if (limitsOf === undefined) return undefined
    let share = this.#shares.get(tenant)
    if (share === undefined) {
      const { maxResidents: max = Infinity } = limitsOf(tenant)
      share = { max, size: 0, order: max === Infinity ? undefined : new EvictionOrder(max) }
      this.#shares.set(tenant, share)
    }
    return share
  }

  #touch(key: string, share: Share | undefined): void {
    this.#order.touch(key)
    share?.order?.touch(key)
  }

  #makeRoom(newest: string, share: Share | undefined): void {
    if (share?.order !== undefined) this.#letGo(newest, share.order, () => share.size > share.max)
    this.#letGo(newest, this.#order, () => this.#residents.size > this.#options.maxResidents)
  }

  /** Two at a time at most, so that room comes back after a time in which nobody could go, and no command waits long. */
  #letGo(newest: string, order: EvictionOrder, isOver: () => boolean): void {
    for (let step = 0; step < 2 && isOver(); step++) {
      const leaving = order.next((key) => key !== newest && this.#mayGo(this.#residents.get(key)))
      const resident = leaving === undefined ? undefined : this.#residents.get(leaving)
      if (resident === undefined) return
      this.passivate(resident)
    }
  }

  #mayGo(resident: Resident | undefined): boolean {
    return resident?.isPinned === false && resident.process.isIdle
  }

  #scheduleRound(): void {
    const { passivateAfterMs } = this.#options
    if (passivateAfterMs === undefined || this.#round !== undefined) return
    this.#round = this.#clock.setTimeout(() => this.#makeRound(), passivateAfterMs, { unref: true })
  }

  /** Who was not asked for since the last round goes: no command pays for a look at the clock. */
  #makeRound(): void {
    this.#round = undefined
    for (const resident of this.#residents.values()) {
      if (!resident.isInUse && this.#mayGo(resident)) this.passivate(resident)
      else resident.isInUse = false
    }
    if (this.#residents.size > 0) this.#scheduleRound()
  }
}
