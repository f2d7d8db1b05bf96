// Notes the statements that a storage sends while it works, as the server gets them.
import { Client } from 'pg'

/** A statement and what came back. */
export interface TapedQuery {
  readonly text: string
  readonly values: readonly unknown[]
  readonly rows: readonly unknown[]
}

type Query = (
  config: { readonly text: string; readonly values?: readonly unknown[] } | string,
  values?: readonly unknown[],
) => Promise<{ readonly rows: readonly unknown[] }>

/** Notes every statement that any connection of this process sends meanwhile. */
export async function taping<Result>(tape: TapedQuery[], work: () => Promise<Result>): Promise<Result> {
  const prototype = Client.prototype as unknown as { query: Query }
  const { query } = prototype
  prototype.query = async function (this: unknown, config, given) {
    const answer = await query.call(this, config, given)
    const { text, values = given ?? [] } = typeof config === 'string' ? { text: config } : config
    tape.push({ text, values, rows: answer.rows })
    return answer
  }
  try {
    return await work()
  } finally {
    prototype.query = query
  }
}
