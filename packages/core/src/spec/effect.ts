// Effect statements as data: what an action does to variables, and what it asks of the host.
import type { Literal } from './expression.ts'

/** The argument of an effect: a literal, a variable's value, or a param of the command. */
export type EffectArgument =
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'param'; readonly name: string }

/** An effect on one state variable. */
export type VariableEffect =
  | { readonly kind: 'assign'; readonly variable: string; readonly value: EffectArgument }
  | { readonly kind: 'add'; readonly variable: string; readonly amount: EffectArgument }
  | { readonly kind: 'subtract'; readonly variable: string; readonly amount: EffectArgument }
  | { readonly kind: 'append'; readonly variable: string; readonly item: EffectArgument }
  | { readonly kind: 'remove'; readonly variable: string; readonly item: EffectArgument }
  | { readonly kind: 'removeAt'; readonly variable: string; readonly index: EffectArgument }
  | { readonly kind: 'clear'; readonly variable: string }

/** An effect that asks the host for something. */
export type HostEffect =
  | { readonly kind: 'schedule'; readonly action: string; readonly seconds: EffectArgument }
  | { readonly kind: 'scheduleAt'; readonly action: string; readonly field: string }
  | { readonly kind: 'cancel'; readonly action: string }
  | {
      readonly kind: 'spawn'
      readonly entityType: string
      readonly action: string
      readonly storeField?: string
      readonly id?: EffectArgument
    }
  | { readonly kind: 'emit'; readonly name: string }

/** One statement of an action's `effect`. */
export type Effect = VariableEffect | HostEffect
