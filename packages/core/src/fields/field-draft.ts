// Fields under construction: what syncFields and an entity's draft work on. Owned by whoever opened it; copies a record
// the first time it changes, so that the fields it came from stay as they were.
import type { ContentRef } from '../entity/event.ts'
import type { JsonValue } from '../json/json-value.ts'
import type { BlobRef, BlobWrite } from './blob-ref.ts'
import type { FieldPolicies, FieldPolicy } from './field-policy.ts'
import { overflowContent, surelyFits } from './overflow.ts'

/** The newest value of a field and the event that set it. */
export interface FieldChange {
  readonly value:
    | { readonly kind: 'value'; readonly value: JsonValue }
    | { readonly kind: 'content'; readonly content: ContentRef }
  /** Sequence of that event. */
  readonly sequence: number
  /** Its time, epoch milliseconds; a lifetime counts from here. */
  readonly at: number
}

/** Fields after a sync. */
export interface SyncedFields {
  readonly fields: Readonly<Record<string, JsonValue>>
  readonly refs: Readonly<Record<string, BlobRef>>
  /** Content of the fields that overflowed in this sync, one entry a field. */
  readonly overflow: readonly BlobWrite[]
}

/**
 * Takes changes one by one. What is small whatever its bytes turn out to be goes straight to its place; the rest waits
 * for `close`, so that a value which is superseded, or a list which goes on growing, is measured once or never.
 */
export class FieldDraft {
  readonly #policies: FieldPolicies
  readonly #before: Pick<SyncedFields, 'fields' | 'refs'>
  #fields: Record<string, JsonValue>
  #refs: Record<string, BlobRef>
  /** Made when the first change has to wait: most drafts live for one event of small values. */
  #waiting: Map<string, FieldChange> | undefined

  constructor(policies: FieldPolicies, before: Pick<SyncedFields, 'fields' | 'refs'>) {
    this.#policies = policies
    this.#before = before
    this.#fields = before.fields
    this.#refs = before.refs
  }

  /** What the field has become: the newest change that waits, its inline value, or the reference it has. */
  read(name: string): FieldChange['value'] | undefined {
    const waiting = this.#waiting?.get(name)
    if (waiting !== undefined) return waiting.value
    if (Object.hasOwn(this.#fields, name)) return { kind: 'value', value: this.#fields[name] as JsonValue }
    return Object.hasOwn(this.#refs, name)
      ? { kind: 'content', content: this.#refs[name] as BlobRef }
      : undefined
  }

  /** The field takes a value, by the event of this sequence and time. */
  set(name: string, value: JsonValue, sequence: number, at: number): void {
    if (!surelyFits(value, name, this.#policies)) {
      this.#wait(name, { value: { kind: 'value', value }, sequence, at })
      return
    }
    this.#waiting?.delete(name)
    this.#keepInline(name, value)
  }

  /** The field takes content that the event names and does not hold. */
  setContent(name: string, content: ContentRef, sequence: number, at: number): void {
    this.#wait(name, { value: { kind: 'content', content }, sequence, at })
  }

  /** Settles what waits, each value under its field's policy, and gives the finished fields. */
  close(): SyncedFields {
    const overflow: BlobWrite[] = []
    for (const [name, change] of this.#waiting ?? []) {
      const policy = this.#policies(name)
      const content = contentOf(change, policy)
      if (content === undefined) {
        this.#keepInline(name, (change.value as { readonly value: JsonValue }).value)
        continue
      }
      if ('bytes' in content) overflow.push(content)
      this.#moveOut(name, refTo(content, change, policy))
    }
    return { fields: this.#fields, refs: this.#refs, overflow }
  }

  #wait(name: string, change: FieldChange): void {
    this.#waiting ??= new Map()
    this.#waiting.set(name, change)
  }

  #keepInline(name: string, value: JsonValue): void {
    if (this.#fields === this.#before.fields) this.#fields = { ...this.#fields }
    this.#fields[name] = value
    if (Object.hasOwn(this.#refs, name)) delete this.#refsToChange()[name]
  }

  #moveOut(name: string, ref: BlobRef): void {
    if (Object.hasOwn(this.#fields, name)) {
      if (this.#fields === this.#before.fields) this.#fields = { ...this.#fields }
      delete this.#fields[name]
    }
    this.#refsToChange()[name] = ref
  }

  #refsToChange(): Record<string, BlobRef> {
    if (this.#refs === this.#before.refs) this.#refs = { ...this.#refs }
    return this.#refs
  }
}

function contentOf(change: FieldChange, policy: FieldPolicy): BlobWrite | ContentRef | undefined {
  return change.value.kind === 'content'
    ? change.value.content
    : overflowContent(change.value.value, policy.inlineMaxBytes)
}

function refTo(content: ContentRef, change: FieldChange, policy: FieldPolicy): BlobRef {
  const ref = { hash: content.hash, size: content.size, sequence: change.sequence }
  return policy.ttlSeconds === undefined ? ref : { ...ref, expiresAt: change.at + policy.ttlSeconds * 1000 }
}
