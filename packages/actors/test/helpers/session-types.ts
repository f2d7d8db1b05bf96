// Generated from the entity specs; changes are lost.
import type { JsonValue } from '@perdure/core'

/** The statuses of Session. */
export type SessionStatus = 'Created' | 'Configured' | 'Running' | 'Done' | 'Failed'

/** The variables of Session as fields. */
export interface SessionFields {
  readonly user_message: string
  readonly tool_result: JsonValue
  readonly turns: number
}

/** The actions of Session with their params. */
export interface SessionActions {
  readonly Configure: {
    readonly user_message: string
  }
  readonly Start: Readonly<Record<string, never>>
  readonly RecordTurn: {
    readonly tool_result?: JsonValue | null
  }
  readonly Finish: Readonly<Record<string, never>>
  readonly Fail: {
    readonly reason?: string | null
  }
}

/** Every entity type by its name. */
export interface EntityTypes {
  Session: { status: SessionStatus; fields: SessionFields; actions: SessionActions }
}
