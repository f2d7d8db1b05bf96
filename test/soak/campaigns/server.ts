// Faults of the server: sessions terminated, backends and the postmaster killed, restarts, errors, a database that takes no writes.
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { TestDatabase } from '../../setup/database.ts'
import { startServer } from '../../setup/server.ts'
import type { TestServer } from '../../setup/server.ts'
import { between, oneOf } from '../campaign.ts'
import type { Campaign } from '../campaign.ts'
import { others, queryWhenUp, terminateOthers, withDatabase } from '../databases.ts'
import { underLoad } from '../under-load.ts'

/** pg_terminate_backend and pg_cancel_backend in storms. */
export const terminations: Campaign = {
  name: 'terminations',
  about: 'storms of pg_terminate_backend and pg_cancel_backend',
  short: 12,
  long: 500,
  run: async (context) =>
    withDatabase(context.serverUrl, (database) =>
      underLoad({
        context,
        url: database.url,
        disturb: async () => {
          const how = oneOf(context.random, ['pg_terminate_backend', 'pg_cancel_backend'])
          await database.query(`select ${how}(pid) ${others} and random() < $1`, [context.random.next()])
        },
      }),
    ),
}

/** kill -9 of a backend or of the postmaster, and restarts in each of the three manners. */
export const serverDeaths: Campaign = {
  name: 'server-deaths',
  about: 'kill -9 of one backend and of the postmaster, and restarts of the server',
  short: 4,
  long: 60,
  run: async (context) => {
    // A server that others use must not be killed.
    const server = await startServer()
    try {
      return await withDatabase(server.url, (database) =>
        underLoad({ context, url: database.url, disturb: (nth) => killSome(server, database, nth) }),
      )
    } finally {
      await server.stop()
    }
  },
}

async function killSome(server: TestServer, database: TestDatabase, nth: number): Promise<void> {
  if (nth % 2 === 0) {
    const [backend] = await queryWhenUp<{ pid: number }>(
      database,
      `select pid ${others} order by random() limit 1`,
    )
    if (backend !== undefined) kill(backend.pid, 'SIGKILL')
    return
  }
  const pid = await server.pid()
  // Killed; ended at once, with recovery; ended in good order, sessions cut.
  kill(pid, (['SIGKILL', 'SIGQUIT', 'SIGINT'] as const)[Math.floor(nth / 2) % 3])
  await untilGone(pid)
  await server.restart()
}

/** A backend may have ended by itself in the meantime. */
function kill(pid: number, signal: NodeJS.Signals | undefined): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await sleep(20)
  }
}

/** SQLSTATEs that pass: serialisation failure, deadlock, lock timeout, statement timeout, out of memory, shutdown, disk full. */
const passing = ['40001', '40P01', '55P03', '57014', '53200', '57P01', '53100']

/** Errors raised within the commit statement and at COMMIT itself, and locks that are waited for too long. */
export const errors: Campaign = {
  name: 'errors',
  about: 'serialisation failures, deadlocks and timeouts, in the statement and at COMMIT',
  short: 5,
  long: 400,
  run: async (context) =>
    withDatabase(context.serverUrl, async (database) => {
      await database.query(`create table trouble (chance float8, at_commit bool, sqlstate text)`)
      await database.query(`create function make_trouble() returns trigger language plpgsql as $$
        declare found text := (select sqlstate from public.trouble where random() < chance and at_commit = (tg_argv[0] = 'commit') order by random() limit 1);
        begin
          if found is not null then raise exception using errcode = found, message = 'trouble'; end if;
          return new;
        end $$`)
      let isArmed = false
      const disturb = async (nth: number): Promise<void> => {
        if (!isArmed) {
          isArmed = true
          await database.query(`create trigger trouble before insert on perdure.events
            for each row execute function make_trouble('statement')`)
          await database.query(`create constraint trigger trouble_at_commit after insert on perdure.events
            deferrable initially deferred for each row execute function make_trouble('commit')`)
        }
        if (nth % 5 === 4) return holdLog(database, between(context.random, 50, 400))
        await database.query(`with old as (delete from trouble) insert into trouble values ($1, $2, $3)`, [
          context.random.next() * 0.2,
          nth % 2 === 0,
          oneOf(context.random, passing),
        ])
      }
      // The load waits for locks and statements no longer than this.
      const url = new URL(database.url)
      url.searchParams.set('options', '-c lock_timeout=60 -c statement_timeout=150')
      const heal = async (): Promise<void> => void (await database.query('delete from trouble'))
      return underLoad({ context, url: url.href, directUrl: database.url, disturb, heal })
    }),
}

/** Locks the head of the log, which every commit needs, for longer than some are ready to wait. */
async function holdLog(database: TestDatabase, ms: number): Promise<void> {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  await client.query('begin')
  await client.query('select from perdure.log_head for update')
  await sleep(ms)
  await client.end()
}

/** A database that refuses to write for a while, as a standby does, and sessions that remember. */
export const readOnly: Campaign = {
  name: 'read-only',
  about: 'a server that turns read-only and back, as in a failover',
  short: 3,
  long: 60,
  run: async (context) =>
    withDatabase(context.serverUrl, (database) => {
      const turn = async (how: string): Promise<void> => {
        await database.query(
          `begin read write; alter database ${database.name} set default_transaction_read_only = ${how}; commit`,
        )
      }
      return underLoad({
        context,
        url: database.url,
        disturb: async () => {
          await turn('on')
          await terminateOthers(database)
          await sleep(between(context.random, 50, 500))
          // Sessions that were opened meanwhile stay read-only: nobody ends them.
          await turn('off')
        },
      })
    }),
}
