// The router's words for what happened, shared by both of its sides.
import { RouterError } from '@perdure/core'
import type { RouterResult } from '@perdure/core'
import { translateError } from '../connect/sqlstate.ts'
import type { EndedRow } from './router-statements.ts'

/** What the end of a request's row says to its sender. @param why - there is no answer, if somebody has the request */
export function resultOf({ isClaimed, answer }: EndedRow, why: string): RouterResult {
  if (answer !== null) return { kind: 'answered', body: answer }
  return isClaimed ? unanswered(why) : undelivered('nobody took it')
}

/** Nobody has seen it, and nobody will. */
export function undelivered(reason: string): RouterResult {
  return { kind: 'undelivered', reason }
}

/** Somebody may have it. */
export function unanswered(reason: string): RouterResult {
  return { kind: 'unanswered', reason }
}

/** What the database would not do, as an error of the router. */
export function asRouterError(error: unknown, doing: string): RouterError {
  if (error instanceof RouterError) return error
  const { message } = translateError(error, doing)
  return new RouterError('router_unavailable', message, { cause: error })
}
