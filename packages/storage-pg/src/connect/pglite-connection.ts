// The one connection to a PGlite, spoken to in the wire protocol: its own `query` prepares every statement anew, in six
// messages, and hides the command tag.
import { protocol } from '@electric-sql/pglite'
import type { PGlite } from '@electric-sql/pglite'
import { StorageError } from '@perdure/core'
import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import { decoderOf, encodeParameter } from './column-codecs.ts'
import { sqlStateOf } from './sqlstate.ts'
import { statementName } from './statement.ts'

type Message = Awaited<ReturnType<PGlite['execProtocolStream']>>[number]

/** Column names and decoders of a result. */
type Columns = readonly { readonly name: string; readonly decode: (text: string) => unknown }[]

/** Executes statements; whoever uses it must be alone on it, see the driver. */
export class PgliteConnection implements DatabaseConnection {
  readonly #pglite: PGlite
  readonly #prepared = new Set<string>()
  #crash: unknown

  constructor(pglite: PGlite) {
    this.#pglite = pglite
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { serialize } = protocol
    const name = statementName(query)
    if (name !== undefined) await this.#prepare(name, query.sql)
    const messages = await this.#send([
      ...(name === undefined ? [serialize.parse({ text: query.sql })] : []),
      serialize.bind({ statement: name ?? '', values: query.parameters.map(encodeParameter) }),
      serialize.describe({ type: 'P' }),
      serialize.execute(),
      serialize.sync(),
    ])
    return resultOf<Row>(messages)
  }

  // oxlint-disable-next-line require-yield -- the port wants it; nothing here streams
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error('streaming is not used')
  }

  /** Runs a statement without parameters. @returns its command tag */
  async run(text: string): Promise<string> {
    return tagOf(await this.#send([protocol.serialize.query(text)]))
  }

  /** On its own, so that what is known as prepared does not hang on how its first execution ends. */
  async #prepare(name: string, text: string): Promise<void> {
    if (this.#prepared.has(name)) return
    await this.#send([protocol.serialize.parse({ name, text }), protocol.serialize.sync()], 'parseComplete')
    this.#prepared.add(name)
  }

  /** @param end - the message without which the engine has not done what it was asked */
  async #send(
    messages: readonly Uint8Array[],
    end: Message['name'] = 'commandComplete',
  ): Promise<readonly Message[]> {
    if (this.#crash !== undefined) throw crashed(this.#crash)
    try {
      const answer = await this.#pglite.execProtocolStream(Buffer.concat(messages), { syncToFs: false })
      // On JSON nested thousands deep the engine gives up half way, without an error and without an answer.
      if (!answer.some(({ name }) => name === end))
        throw new Error('a statement was neither carried out nor refused')
      return answer
    } catch (error) {
      if (sqlStateOf(error) !== undefined) throw error
      // Not an answer of PostgreSQL: the engine itself fell over, and a next call would hang or work on ruins.
      this.#crash = error
      throw crashed(error)
    }
  }
}

function resultOf<Row>(messages: readonly Message[]): QueryResult<Row> {
  let columns: Columns = []
  const rows: Row[] = []
  for (const message of messages) {
    if (message instanceof protocol.messages.RowDescriptionMessage) {
      columns = message.fields.map(({ name, dataTypeID }) => ({ name, decode: decoderOf(dataTypeID) }))
    } else if (message instanceof protocol.messages.DataRowMessage) {
      rows.push(rowOf(columns, message.fields) as Row)
    }
  }
  const affected = /^(?:INSERT|UPDATE|DELETE|MERGE).* (\d+)$/.exec(tagOf(messages))?.[1]
  return { rows, ...(affected === undefined ? {} : { numAffectedRows: BigInt(affected) }) }
}

function rowOf(columns: Columns, fields: readonly (string | null)[]): Readonly<Record<string, unknown>> {
  const row: Record<string, unknown> = {}
  columns.forEach(({ name, decode }, index) => {
    const text = fields[index]
    row[name] = text === null || text === undefined ? null : decode(text)
  })
  return row
}

function tagOf(messages: readonly Message[]): string {
  const complete = messages.find((message) => message instanceof protocol.messages.CommandCompleteMessage)
  return complete?.text ?? ''
}

function crashed(cause: unknown): StorageError {
  return new StorageError(
    'storage_failed',
    'the embedded database engine crashed; close this storage and open it again, what was committed is kept',
    { cause },
  )
}
