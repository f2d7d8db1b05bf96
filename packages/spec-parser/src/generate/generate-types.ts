// EntitySpec → TypeScript: what a host application may ask of its entities, as types.
import type { ActionSpec, EntitySpec, ParamSpec, ValueType } from '@perdure/core'

const scriptTypes: Readonly<Record<ValueType, string>> = {
  string: 'string',
  ref: 'string',
  int: 'number',
  counter: 'number',
  number: 'number',
  bool: 'boolean',
  list: 'readonly JsonValue[]',
  set: 'readonly JsonValue[]',
  json: 'JsonValue',
}

/**
 * A TypeScript module with, for each spec, the statuses, the fields, and the params of every action that can be asked;
 * and `EntityTypes`, which maps the names of the entity types to them.
 */
export function generateTypes(specs: readonly EntitySpec[]): string {
  const index = specs.map(
    ({ name }) => `  ${name}: { status: ${name}Status; fields: ${name}Fields; actions: ${name}Actions }\n`,
  )
  const modules = specs.map(generateSpec)
  const head =
    "// Generated from the entity specs; changes are lost.\nimport type { JsonValue } from '@perdure/core'\n"
  const types = `/** Every entity type by its name. */\nexport interface EntityTypes {\n${index.join('')}}\n`
  return [head, ...modules, types].join('\n')
}

function generateSpec(spec: EntitySpec): string {
  const { name, states, variables } = spec
  const statuses = states.map((state) => JSON.stringify(state)).join(' | ')
  const fields = variables.map(
    (variable) => `  readonly ${property(variable.name)}: ${fieldType(variable.type)}\n`,
  )
  const actions = [...rulesByAction(spec)].map(
    ([action, rules]) => `  readonly ${property(action)}: ${paramsType(rules)}\n`,
  )
  return [
    `/** The statuses of ${name}. */\nexport type ${name}Status = ${statuses}\n`,
    `/** The variables of ${name} as fields. */\nexport interface ${name}Fields {\n${fields.join('')}}\n`,
    `/** The actions of ${name} with their params. */\nexport interface ${name}Actions {\n${actions.join('')}}\n`,
  ].join('\n')
}

/** What is null while unset says so. */
function fieldType(type: ValueType): string {
  return type === 'ref' ? `${scriptTypes[type]} | null` : scriptTypes[type]
}

function rulesByAction({ actions }: EntitySpec): ReadonlyMap<string, readonly ActionSpec[]> {
  const rules = new Map<string, ActionSpec[]>()
  for (const rule of actions) {
    if (rule.kind !== 'output') rules.set(rule.name, [...(rules.get(rule.name) ?? []), rule])
  }
  return rules
}

/** The params that some rule declares; one is required when every rule requires it. */
function paramsType(rules: readonly ActionSpec[]): string {
  const params = new Map<string, ParamSpec[]>()
  for (const param of rules.flatMap((rule) => rule.params))
    params.set(param.name, [...(params.get(param.name) ?? []), param])
  if (params.size === 0) return 'Readonly<Record<string, never>>'
  const lines = [...params].map(([name, declared]) => {
    const isRequired = declared.length === rules.length && declared.every(({ required }) => required)
    const types = [...new Set(declared.map(({ type }) => scriptTypes[type]))]
    return `    readonly ${property(name)}${isRequired ? '' : '?'}: ${types.join(' | ')}${isRequired ? '' : ' | null'}\n`
  })
  return `{\n${lines.join('')}  }`
}

function property(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
}
