// Field sync: the one projection of params and variables into fields. Live commands, replay and tests all come here, or
// to the draft it works on, with what changed; a field that did not change is not looked at again.
import { FieldDraft } from './field-draft.ts'
import type { FieldChange, SyncedFields } from './field-draft.ts'
import type { FieldPolicies } from './field-policy.ts'

/**
 * Projects changes into fields under each field's policy: at most `inlineMaxBytes` stays inline, more becomes a
 * reference and content to write. Idempotent; the result depends on the last change of each field only.
 */
export function syncFields(
  policies: FieldPolicies,
  before: Pick<SyncedFields, 'fields' | 'refs'>,
  changes: ReadonlyMap<string, FieldChange>,
): SyncedFields {
  const draft = new FieldDraft(policies, before)
  for (const [name, { value, sequence, at }] of changes) {
    if (value.kind === 'value') draft.set(name, value.value, sequence, at)
    else draft.setContent(name, value.content, sequence, at)
  }
  return draft.close()
}
