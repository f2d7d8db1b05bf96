// The server of a run and the databases on it: started when first asked for, one fresh database a contender.
import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { startServer } from '../../test/setup/server.ts'
import type { TestServer } from '../../test/setup/server.ts'

/** Hands out databases; ends the server when disposed of. */
export class Databases implements AsyncDisposable {
  #server: Promise<TestServer> | undefined

  /** Creates an empty database. @returns its URL */
  async create(): Promise<string> {
    this.#server ??= startServer()
    const { url } = await this.#server
    const name = `bench_${randomUUID().replaceAll('-', '')}`
    await queryOnce(url, `create database ${name}`)
    const database = new URL(url)
    database.pathname = `/${name}`
    return database.href
  }

  /** The server's version, as it names itself. */
  async version(): Promise<string> {
    this.#server ??= startServer()
    const { url } = await this.#server
    const [row] = await queryOnce<{ server_version: string }>(url, 'show server_version')
    return row?.server_version ?? 'unknown'
  }

  async drop(database: string): Promise<void> {
    const { url } = await (this.#server ?? startServer())
    await queryOnce(url, `drop database if exists ${new URL(database).pathname.slice(1)} with (force)`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#server)?.stop()
  }
}

/** Runs one statement over a connection of its own. */
export async function queryOnce<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}
