import type { OverflowPolicy, StateVariable } from '../spec/state-variable.ts'

/** The ceiling of a field whose spec and host say nothing, in bytes. */
export const defaultInlineMaxBytes = 131_072

/** How one field is kept: its variable's overflow policy with the host's default filled in. */
export interface FieldPolicy extends OverflowPolicy {
  readonly inlineMaxBytes: number
}

/** Answers with the policy of a field, whether or not a variable of that name is declared. */
export type FieldPolicies = (field: string) => FieldPolicy

const unlimited: FieldPolicy = { inlineMaxBytes: Number.POSITIVE_INFINITY, journal: 'value' }

/** The policies under which nothing overflows: those of a draft that is looked at and thrown away. */
export const noCeilings: FieldPolicies = () => unlimited

/** Collects the policies of an entity type. The status is a field like others but for one thing: it never overflows. */
export function fieldPolicies(variables: readonly StateVariable[], inlineMaxBytes: number): FieldPolicies {
  const undeclared: FieldPolicy = { inlineMaxBytes, journal: 'value' }
  const declared = new Map<string, FieldPolicy>(
    variables.map(({ name, overflow }) => [name, { inlineMaxBytes, ...overflow }]),
  )
  declared.set('status', unlimited)
  return (field) => declared.get(field) ?? undeclared
}
