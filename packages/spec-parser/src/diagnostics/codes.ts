// Every diagnostic that the parser can make, with its weight. The one list: documentation and tests read it too.
import type { SpecIssueSeverity } from '@perdure/core'

const errorCodes = [
  'file_too_large',
  'toml_syntax',
  'nesting_too_deep',
  'unsafe_integer',
  'too_many_states',
  'too_many_variables',
  'too_many_rules',
  'missing_section',
  'unknown_section',
  'unsupported_section',
  'unknown_key',
  'missing_key',
  'wrong_type',
  'invalid_value',
  'invalid_name',
  'duplicate_name',
  'reserved_name',
  'unknown_state',
  'unknown_variable',
  'unknown_action',
  'invalid_expression',
  'invalid_effect',
  'type_mismatch',
  'bad_overflow',
  'too_many_spawns',
  'too_many_lookups',
  'terminal_state_left',
  'ambiguous_trigger',
  'integration_action_missing',
  'spawn_target_missing',
  'spawn_action_missing',
  'spawn_action_not_enabled',
  'spawn_params_unmapped',
  'ref_target_missing',
] as const

const warningCodes = [
  'legacy_form',
  'name_heuristic',
  'unreachable_state',
  'dead_action',
  'guard_never_true',
  'overlapping_rules',
  'implicit_variable',
  'effect_never_applies',
  'reserved_status',
  'integration_incomplete',
  'trigger_without_integration',
  'invariant_false_initially',
  'trap_state',
  'upcast_incomplete',
] as const

const infoCodes = ['action_without_to', 'unused_variable', 'param_shadowed', 'undeclared_field'] as const

/** The stable name of one kind of diagnostic. */
export type IssueCode =
  (typeof errorCodes)[number] | (typeof warningCodes)[number] | (typeof infoCodes)[number]

/** How much each kind of diagnostic weighs. */
export const severities: Readonly<Record<IssueCode, SpecIssueSeverity>> = Object.fromEntries([
  ...errorCodes.map((code) => [code, 'error']),
  ...warningCodes.map((code) => [code, 'warning']),
  ...infoCodes.map((code) => [code, 'info']),
]) as Record<IssueCode, SpecIssueSeverity>
