// Runs one random history on a storage and on the model, and compares them after every step.
import assert from 'node:assert/strict'
import type { CommitResult, CommitUnit, EntityKey, RefClaim, Storage } from '@perdure/core'
import { sameJson } from '../check.ts'
import { contentOf, hold, session, snapshotAt, specHash, startOfTime, unitOf } from '../make-unit.ts'
import { contentNames, entityNames, fieldNames } from './contract-commands.ts'
import type { ClaimStep, Step, UnitStep } from './contract-commands.ts'
import { ContractModel } from './contract-model.ts'
import type { ModelClaim, ModelUnit } from './contract-model.ts'

/** Longer than any history takes, so that runs on one storage do not see each other's references end. */
const runMs = 1_000_000

/**
 * Runs a history in a tenant and a stretch of time of its own; `run` tells the runs on one storage apart.
 * @throws AssertionError at the first difference
 */
export async function runHistory(storage: Storage, steps: readonly Step[], run: number): Promise<void> {
  const now = startOfTime + run * runMs
  // What ends and what deleted entities of earlier runs hold goes now, so that no prune of this run finds it.
  await storage.prune({ now, maxAgeMs: 0 })
  const { refs, blobs, lastPosition } = await storage.stats()
  const history = new History(storage, `run-${run}`, now, { refs, blobs, lastPosition })
  for (const [index, step] of steps.entries()) {
    await history.take(step, index)
    await history.compare()
  }
}

interface Baseline {
  readonly refs: number
  readonly blobs: number
  readonly lastPosition: bigint
}

class History {
  readonly #model = new ContractModel()
  readonly #storage: Storage
  readonly #tenant: string
  readonly #before: Baseline
  #now: number
  readonly #commits: (readonly (readonly [CommitUnit, ModelUnit])[])[] = []

  constructor(storage: Storage, tenant: string, now: number, before: Baseline) {
    this.#storage = storage
    this.#tenant = tenant
    this.#now = now
    this.#before = before
  }

  async take(step: Step, index: number): Promise<void> {
    switch (step.kind) {
      case 'commit': {
        const pairs = step.units.map((unit) => this.#pair(unit, `step-${index}`))
        this.#commits.push(pairs)
        return this.#commit(pairs)
      }
      case 'repeat':
        return this.#commit(this.#commits.at(-1 - step.back) ?? [])
      case 'sweep': {
        this.#now += step.pass
        return this.#sweep(step.graceMs, step.maxAgeMs)
      }
      case 'restore': {
        const version = this.#version(step.entity) + step.offset
        const claims = step.claims.map((claim) => this.#modelClaim(claim))
        const blobs = claims.map(({ content }) => contentOf(content))
        const restored = await this.#storage.restoreClaims(
          this.#key(step.entity),
          version,
          claims.map(refClaim),
          blobs,
        )
        assert.equal(
          restored,
          this.#model.restore(step.entity, version, claims),
          'whether claims were restored',
        )
        return
      }
      case 'snapshot':
        this.#model.saveSnapshot(step.entity, step.sequence)
        return this.#storage.saveSnapshot(this.#key(step.entity), snapshotAt(step.sequence))
    }
  }

  /** Holds everything that can be read against the model. */
  async compare(): Promise<void> {
    const heads = await this.#storage.readHeads(entityNames.map((name) => this.#key(name)))
    for (const [index, name] of entityNames.entries()) {
      const expected = this.#model.entities.get(name)
      const key = this.#key(name)
      assert.equal(heads[index]?.version, expected?.eventIds.length, `the version of ${name}`)
      assert.equal(
        heads[index]?.deletedAt !== undefined,
        expected?.deleted ?? false,
        `whether ${name} is deleted`,
      )
      const loaded = await this.#storage.load(key, { specHash })
      assert.equal(loaded?.snapshot?.sequence ?? 0, expected?.snapshot ?? 0, `the snapshot of ${name}`)
      const ids = (await this.#storage.readEvents(key)).map((event) => event.eventId)
      assert.deepEqual(ids, expected?.eventIds ?? [], `the events of ${name}`)
      const claims = fieldNames.flatMap((field) => contentNames.map((content) => ({ field, content })))
      const missing = claims.filter((claim) => !this.#model.holds(name, claim)).map(refClaim)
      sameJson(
        await this.#storage.findMissingClaims(key, claims.map(refClaim)),
        missing,
        `the missing claims of ${name}`,
      )
    }
    for (const content of contentNames) {
      const bytes = await this.#storage.readBlob(this.#tenant, contentOf(content).hash)
      assert.equal(
        bytes !== undefined,
        this.#model.contents.has(content),
        `whether content ${content} is there`,
      )
    }
    const { refs, blobs, lastPosition } = await this.#storage.stats()
    assert.equal(refs - this.#before.refs, this.#model.refs.size, 'references')
    assert.equal(blobs - this.#before.blobs, this.#model.contents.size, 'blobs')
    assert.equal(lastPosition - this.#before.lastPosition, BigInt(this.#model.positions), 'positions')
  }

  async #sweep(graceMs: number, maxAgeMs: number | null): Promise<void> {
    const options = { now: this.#now, graceMs, batch: 2, ...(maxAgeMs === null ? {} : { maxAgeMs }) }
    const dry = await this.#storage.prune({ ...options, dryRun: true })
    const result = maxAgeMs === null ? await this.#storage.sweep(options) : await this.#storage.prune(options)
    assert.deepEqual({ ...dry, ...result }, dry, 'what the dry run said, and what was done')
    const { expiredRefs, agedRefs, orphanedBlobs, deletedBlobs } = dry
    const expected = this.#model.sweep(this.#now, graceMs, maxAgeMs ?? Infinity)
    assert.deepEqual({ expiredRefs, agedRefs, orphanedBlobs, deletedBlobs }, expected, 'what the sweep did')
  }

  async #commit(pairs: readonly (readonly [CommitUnit, ModelUnit])[]): Promise<void> {
    const results = await this.#storage.commit(pairs.map(([unit]) => unit))
    const expected = pairs.map(([, model]) => this.#model.commit(model))
    assert.deepEqual(results.map(inWords), expected, 'the results of the commit')
  }

  #pair(step: UnitStep, writer: string): readonly [CommitUnit, ModelUnit] {
    const expected = Math.max(this.#version(step.entity) + step.offset, 0)
    const claims = step.claims.map((claim) => this.#modelClaim(claim))
    const claimed = new Set(claims.map(({ field, content }) => `${field} ${content}`))
    const releases = step.releases
      .filter(({ field, content }) => !claimed.has(`${field} ${content}`))
      .map((claim) => this.#modelClaim(claim))
    const snapshot = step.snapshotBehind === null ? 0 : expected + step.events - step.snapshotBehind
    const unit = unitOf(this.#key(step.entity), expected, {
      events: Array.from({ length: step.events }, () => ({ at: this.#now })),
      writer,
      deletes: step.deletes,
      holds: claims.map(({ field, content, expiresAt }) => hold(field, content, expiresAt)),
      releases: releases.map(refClaim),
      ...(snapshot > 0 ? { snapshot: snapshotAt(snapshot) } : {}),
    })
    const eventIds = unit.events.map((event) => event.eventId)
    return [
      unit,
      {
        entity: step.entity,
        at: this.#now,
        expected,
        eventIds,
        deletes: step.deletes,
        claims,
        releases,
        snapshot,
      },
    ]
  }

  #key(name: string): EntityKey {
    return session(name, this.#tenant)
  }

  #version(name: string): number {
    return this.#model.entities.get(name)?.eventIds.length ?? 0
  }

  #modelClaim({ field, content, ttl }: ClaimStep): ModelClaim {
    return { field, content, ...(ttl === null ? {} : { expiresAt: this.#now + ttl }) }
  }
}

function refClaim({ field, content, expiresAt }: ModelClaim): RefClaim {
  return { field, hash: contentOf(content).hash, ...(expiresAt === undefined ? {} : { expiresAt }) }
}

function inWords(result: CommitResult): string {
  return result.kind === 'conflict' ? `conflict ${result.actualVersion}` : result.kind
}
