// Field sync: the one projection of params and variables into fields. Live commands, replay and tests all come here,
// with what changed since the state they hold; a field that did not change is not looked at again.
import type { ContentRef } from '../entity/event.ts'
import type { JsonValue } from '../json/json-value.ts'
import type { BlobRef, BlobWrite } from './blob-ref.ts'
import type { FieldPolicies, FieldPolicy } from './field-policy.ts'
import { overflowContent } from './overflow.ts'

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
 * Projects changes into fields under each field's policy: at most `inlineMaxBytes` stays inline, more becomes a
 * reference and content to write. Idempotent; the result depends on the last change of each field only.
 */
export function syncFields(
  policies: FieldPolicies,
  before: Pick<SyncedFields, 'fields' | 'refs'>,
  changes: ReadonlyMap<string, FieldChange>,
): SyncedFields {
  if (changes.size === 0) return { fields: before.fields, refs: before.refs, overflow: [] }
  const fields = { ...before.fields }
  let refs: Record<string, BlobRef> | undefined
  const overflow: BlobWrite[] = []
  const refsToChange = (): Record<string, BlobRef> => (refs ??= { ...before.refs })

  for (const [name, change] of changes) {
    const policy = policies(name)
    const content = contentOf(change, policy)
    if (content === undefined) {
      fields[name] = (change.value as { readonly value: JsonValue }).value
      if (Object.hasOwn(before.refs, name)) delete refsToChange()[name]
      continue
    }
    if ('bytes' in content) overflow.push(content)
    delete fields[name]
    refsToChange()[name] = refTo(content, change, policy)
  }
  return { fields, refs: refs ?? before.refs, overflow }
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
