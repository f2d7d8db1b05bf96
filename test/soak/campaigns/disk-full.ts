// A disk that is full: data and log of a server of its own on a small tmpfs, filled to the brim and emptied again.
import { execFile } from 'node:child_process'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { startServer } from '../../setup/server.ts'
import type { TestServer } from '../../setup/server.ts'
import { between } from '../campaign.ts'
import type { Campaign } from '../campaign.ts'
import { queryWhenUp, withDatabase } from '../databases.ts'
import { underLoad } from '../under-load.ts'

const run = promisify(execFile)

/** Runs with a file system of so many MiB. */
async function withSmallDisk<Result>(mib: number, use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'perdure-disk-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', folder])
    try {
      return await use(folder)
    } finally {
      await run('umount', ['--lazy', folder])
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Takes all the space but so many bytes. */
async function fill(file: string, leave: number): Promise<void> {
  const ballast = await open(file, 'w')
  const block = Buffer.alloc(64 * 1024)
  let size = 0
  try {
    for (;;) size += (await ballast.write(block)).bytesWritten
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    await ballast.truncate(Math.max(0, size - leave))
  } finally {
    await ballast.close()
  }
}

/** A log that cannot grow is a panic: the server goes down and, as long as the disk is full, may not come back. */
async function startIfDown(server: TestServer): Promise<boolean> {
  for (let attempt = 1; attempt <= 60; attempt++) {
    if (await isUp(server)) return false
    await sleep(50)
  }
  // PostgreSQL 18 can be left without a startup process when its recovery, too, found the disk full: somebody must end it.
  const pid = await server.pid().catch(() => undefined)
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone.
  }
  await server.restart()
  return true
}

async function isUp(server: TestServer): Promise<boolean> {
  const client = new Client({ connectionString: server.url })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/** ENOSPC, for tables and for the log. */
export const diskFull: Campaign = {
  name: 'disk-full',
  about: 'a disk that is full, under tables and log alike',
  short: 2,
  long: 60,
  whyNot: () => withSmallDisk(1, () => Promise.resolve(undefined)).catch(() => 'mounting a tmpfs needs root'),
  run: (context) =>
    withSmallDisk(160, async (folder) => {
      const small = ['-c', 'max_wal_size=4MB', '-c', 'min_wal_size=2MB', '-c', 'shared_buffers=4MB']
      const server = await startServer(small, { initdbFlags: ['--wal-segsize=1'], folder })
      const ballast = join(folder, 'ballast')
      let downs = 0
      const free = async (): Promise<void> => {
        await rm(ballast, { force: true })
        if (await startIfDown(server)) downs++
      }
      try {
        const result = await withDatabase(server.url, (database) =>
          underLoad({
            context,
            url: database.url,
            disturb: async (nth) => {
              // Segments of the log that a slot holds back cannot be used again: now it must grow as well.
              const isLogHeld = nth % 2 === 1
              if (isLogHeld) await database.query(`select pg_create_physical_replication_slot('held', true)`)
              await fill(ballast, between(context.random, 0, 300_000))
              await sleep(between(context.random, 100, 900))
              await free()
              if (isLogHeld) await queryWhenUp(database, `select pg_drop_replication_slot('held')`)
            },
            heal: free,
          }),
        )
        return { ...result, notes: { ...result.notes, 'times the server went down': downs } }
      } finally {
        await rm(ballast, { force: true })
        await server.stop()
      }
    }),
}
