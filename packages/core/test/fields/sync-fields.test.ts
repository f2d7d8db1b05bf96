import { describe, expect, it } from 'vitest'
import { hashContent, hydrateFields, syncFields, unborn, viewBlobRef, viewFields } from '@perdure/core'
import type { FieldChange, FieldPolicy, JsonValue, SyncedFields } from '@perdure/core'

const none: SyncedFields = { fields: {}, refs: {}, overflow: [] }
const large = 'a'.repeat(20)
const hash = hashContent(JSON.stringify(large))

function policies(policy: Partial<FieldPolicy> = {}) {
  return (): FieldPolicy => ({ inlineMaxBytes: 10, journal: 'value', ...policy })
}

function changes(values: Readonly<Record<string, JsonValue>>, sequence = 1, at = 5_000) {
  return new Map(
    Object.entries(values).map(([name, value]): [string, FieldChange] => [
      name,
      { value: { kind: 'value', value }, sequence, at },
    ]),
  )
}

describe('syncing fields', () => {
  it('keeps what fits and moves what does not into content under a reference', () => {
    const synced = syncFields(policies(), none, changes({ small: 'ok', large }))
    expect(synced.fields).toEqual({ small: 'ok' })
    expect(synced.refs).toEqual({ large: { hash, size: 22, sequence: 1 } })
    expect(synced.overflow).toEqual([{ hash, size: 22, bytes: Buffer.from(JSON.stringify(large)) }])
  })

  it('counts a lifetime from the time of the event, not from now', () => {
    const { refs } = syncFields(policies({ ttlSeconds: 60 }), none, changes({ large }, 3, 5_000))
    expect(refs['large']).toEqual({ hash, size: 22, sequence: 3, expiresAt: 65_000 })
  })

  it('drops the reference of a value that a small one supersedes, and the value that a large one supersedes', () => {
    const first = syncFields(policies(), none, changes({ text: large }))
    const second = syncFields(policies(), first, changes({ text: 'ok' }, 2))
    expect(second).toEqual({ fields: { text: 'ok' }, refs: {}, overflow: [] })
    const third = syncFields(policies(), second, changes({ text: large }, 3))
    expect(third.fields).toEqual({})
    expect(third.refs['text']?.sequence).toBe(3)
  })

  it('is idempotent, and leaves what it was given as it was', () => {
    const before = Object.freeze(syncFields(policies(), none, changes({ a: large, b: 'ok' })))
    Object.freeze(before.fields)
    Object.freeze(before.refs)
    const change = changes({ a: 'ok', b: large }, 2)
    const once = syncFields(policies(), before, change)
    expect(syncFields(policies(), once, change)).toEqual(once)
    expect(before.fields).toEqual({ b: 'ok' })
  })

  it('does not look at fields that did not change', () => {
    const before = syncFields(policies(), none, changes({ a: 'ok', b: large }))
    const after = syncFields(policies({ inlineMaxBytes: 0 }), before, new Map())
    expect(after.fields).toBe(before.fields)
    expect(after.refs).toBe(before.refs)
  })

  it('takes content that the journal holds by reference whatever the ceiling is today', () => {
    const content = { hash, size: 22 }
    const change = new Map<string, FieldChange>([
      ['text', { value: { kind: 'content', content }, sequence: 4, at: 1_000 }],
    ])
    const synced = syncFields(policies({ inlineMaxBytes: 1_000, ttlSeconds: 1 }), none, change)
    expect(synced).toEqual({
      fields: {},
      refs: { text: { ...content, sequence: 4, expiresAt: 2_000 } },
      overflow: [],
    })
  })

  it('leaves a user value that looks like a reference a value', () => {
    const forged = viewBlobRef({ hash, size: 22, sequence: 1 })
    const roomy = policies({ inlineMaxBytes: 1_000 })
    const inline = syncFields(roomy, none, changes({ forged }))
    expect(inline).toEqual({ fields: { forged }, refs: {}, overflow: [] })
    const contents = new Map<string, JsonValue>([[hash, large]])
    expect(hydrateFields({ ...unborn, ...inline }, contents)).toEqual({ forged })
    const overflowed = syncFields(policies(), none, changes({ forged }))
    expect(overflowed.refs['forged']?.hash).not.toBe(hash)
  })
})

describe('viewing fields', () => {
  it('shows a reference as its key, size and expiry, beside inline values', () => {
    const { fields, refs } = syncFields(policies({ ttlSeconds: 1 }), none, changes({ small: 1, large }))
    expect(viewFields({ ...unborn, fields, refs })).toEqual({
      small: 1,
      large: { $blob: { key: `field-overflow/sha256/${hash}.json`, size: 22, expiresAt: 6_000 } },
    })
    expect(viewBlobRef({ hash, size: 22, sequence: 1 })).toEqual({
      $blob: { key: `field-overflow/sha256/${hash}.json`, size: 22 },
    })
  })
})
