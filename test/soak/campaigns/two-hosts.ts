// Two hosts, each a process, hammer the same hundred entities; now and then one is stopped in the middle of whatever it does,
// long enough for the server to end its transaction, and goes on as a zombie that does not know what it missed.
import { setTimeout as sleep } from 'node:timers/promises'
import { openStorage } from '@perdure/storage-pg'
import { between, oneOf } from '../campaign.ts'
import type { Campaign } from '../campaign.ts'
import { untilAlone, withDatabase } from '../databases.ts'
import { Ledger } from '../ledger.ts'
import { Load } from '../load.ts'
import type { WorkerOrder } from '../soak-worker.ts'
import { Worker } from '../worker.ts'

const entities = 100

/** Conflict, reload, decide again. */
export const twoHosts: Campaign = {
  name: 'two-hosts',
  about: 'two hosts on the same hundred entities, each stopped at times and going on as a zombie',
  short: 4,
  long: 150,
  run: (context) =>
    withDatabase(context.serverUrl, async (database) => {
      const { random, say, isOver } = context
      const ledger = new Ledger()
      const hosts = [new Worker(), new Worker()]
      const order: Omit<WorkerOrder, 'first'> = {
        url: database.url,
        step: hosts.length,
        doubtful: [],
        entities,
        lanes: 16,
        pool: { transactionIdleTimeoutMs: 300 },
      }
      const working = Promise.all(
        hosts.map((host, nth) =>
          host.work({ ...order, first: nth }, ledger.logOf(nth + 1), { isEnough: () => false }),
        ),
      )
      const failed = new AbortController()
      working.catch(() => failed.abort())
      let stops = 0
      try {
        for (; stops < context.faults && !isOver() && !failed.signal.aborted; stops++) {
          const goal = ledger.said.acknowledged.size + between(random, 20, 100)
          while (ledger.said.acknowledged.size < goal && !failed.signal.aborted) await sleep(5)
          const host = oneOf(random, hosts)
          host.kill('SIGSTOP')
          await sleep(between(random, 50, 900))
          host.kill('SIGCONT')
          if ((stops + 1) % 25 === 0) say(`${stops + 1} stops, ${ledger.said.acknowledged.size} acknowledged`)
        }
      } finally {
        for (const host of hosts) host.kill()
      }
      await working
      await untilAlone(database)
      const last = new Load({
        open: () => openStorage(database.url),
        next: ledger.next,
        doubtful: ledger.doubtful,
        log: ledger.logOf(3),
        lanes: 0,
        isTidying: false,
        entities,
      })
      await last.run()
      const storage = await openStorage(database.url)
      const compared = await ledger.compare(storage, entities)
      await storage.close()
      const lives = [...ledger.said.acknowledged.values()].map(({ life }) => life)
      const shares = [1, 2].map((life) => lives.filter((each) => each === life).length)
      return {
        ...compared,
        faults: stops,
        notes: {
          'at the first attempt, by host': shares.join(' + '),
          'asked again': lives.length - (shares[0] ?? 0) - (shares[1] ?? 0),
        },
      }
    }),
}
