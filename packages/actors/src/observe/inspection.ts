// A stream of what happens in a host, for people and tools that look in: what was asked, what came of it, who came into
// memory and who left. Values of sensitive fields are masked; nobody listening costs nothing.
import type {
  Command,
  EntityEvent,
  EntityKey,
  EntityModel,
  JsonObject,
  JsonValue,
  Logger,
} from '@perdure/core'
import { commandName } from '@perdure/core'
import type { TryAskResult } from '../host/ask-options.ts'

/** One thing that happened in a host. Values of sensitive fields read `•••`. */
export type InspectionEvent = { readonly entity: EntityKey } & (
  | { readonly kind: 'asked'; readonly action: string; readonly params: JsonObject }
  | { readonly kind: 'committed'; readonly action: string; readonly event: EntityEvent }
  | { readonly kind: 'refused'; readonly action: string; readonly code: string; readonly message: string }
  | { readonly kind: 'activated' | 'passivated' }
  /** A command goes to another host. */
  | { readonly kind: 'forwarded'; readonly to: string }
  /** The host that had the entity is gone, or does not answer. */
  | { readonly kind: 'takenOver' }
)

/** Hears what happens. What it throws is logged. */
export type Inspector = (event: InspectionEvent) => void

const mask = '•••'

/** Those who look into one host. */
export class Inspectors {
  readonly #inspectors = new Set<Inspector>()
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  get isWatched(): boolean {
    return this.#inspectors.size > 0
  }

  /** @returns ends it */
  add(inspector: Inspector): () => void {
    // A function of its own: the same listener given twice hears everything twice, and leaves once at a time.
    const own: Inspector = (event) => inspector(event)
    this.#inspectors.add(own)
    return () => void this.#inspectors.delete(own)
  }

  asked(model: EntityModel, entity: EntityKey, command: Command): void {
    if (!this.isWatched) return
    this.tell({
      kind: 'asked',
      entity,
      action: commandName(command),
      params: maskParams(model, commandName(command), payloadOf(command)),
    })
  }

  answered(model: EntityModel, entity: EntityKey, command: Command, result: TryAskResult): void {
    if (!this.isWatched) return
    const action = commandName(command)
    if (result.ok) this.tell({ kind: 'committed', entity, action, event: maskEvent(model, result.event) })
    else
      this.tell({ kind: 'refused', entity, action, code: result.error.code, message: result.error.message })
  }

  tell(event: InspectionEvent): void {
    for (const inspector of this.#inspectors) {
      try {
        inspector(event)
      } catch (error) {
        this.#logger.error({ error }, 'an inspector failed')
      }
    }
  }
}

function payloadOf(command: Command): JsonObject {
  switch (command.kind) {
    case 'create':
    case 'updateFields':
      return command.fields
    case 'action':
      return command.params
    case 'delete':
      return {}
  }
}

function maskParams(model: EntityModel, action: string, params: JsonObject): JsonObject {
  const secret = secretParams(model, action)
  const shown = Object.entries(params).map(([name, value]): [string, JsonValue] => [
    name,
    secret.has(name) || isSensitive(model, name) ? mask : value,
  ])
  return Object.fromEntries(shown)
}

/** Masks the values that the event gives to sensitive variables, and the params that they came from. */
function maskEvent(model: EntityModel, event: EntityEvent): EntityEvent {
  const effects = event.effects.map((effect): EntityEvent['effects'][number] => {
    const [name, kind] = effect
    if (kind === 'param' || effect.length < 3 || !isSensitive(model, name)) return effect
    return [name, kind, mask] as unknown as typeof effect
  })
  return { ...event, params: maskParams(model, event.action, event.params), effects }
}

/** Params, whatever their names, that an effect of the action puts into a sensitive variable. */
function secretParams(model: EntityModel, action: string): ReadonlySet<string> {
  const secret = new Set<string>()
  for (const { spec } of model.actions.get(action)?.rules ?? []) {
    for (const effect of spec.effects) {
      if (!('variable' in effect) || !isSensitive(model, effect.variable)) continue
      for (const argument of Object.values(effect))
        if (typeof argument === 'object' && argument.kind === 'param') secret.add(argument.name)
    }
  }
  return secret
}

function isSensitive(model: EntityModel, name: string): boolean {
  return model.variables.get(name)?.sensitive === true
}
