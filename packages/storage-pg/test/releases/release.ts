// A released schema, frozen: its tables, what its writer had stored in them, and what that writer says to the server.
import { readFile, readdir } from 'node:fs/promises'
import type { EntityEvent, EntityHead } from '@perdure/core'

/** One statement of the writer, and what the server answered. */
export interface TapedStatement {
  readonly text: string
  /** As they were sent: text, but for bytes. */
  readonly values: readonly (string | null | { readonly base64: string })[]
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

/** What must be read back, exactly. */
export interface StoredEntity {
  readonly head: EntityHead
  readonly events: readonly EntityEvent[]
  readonly snapshot?: { readonly sequence: number; readonly specHash: string; readonly base64: string }
  /** Field and hash of everything it holds. */
  readonly claims: readonly { readonly field: string; readonly hash: string }[]
}

/** The parts of a release. */
export interface Release {
  /** Statements that make the tables, in the schema `release`. */
  readonly schema: readonly string[]
  /** Statements that fill them. */
  readonly rows: readonly string[]
  readonly entities: readonly StoredEntity[]
  /** The writer at work on those rows, over one connection. */
  readonly tape: readonly TapedStatement[]
}

/** The schema that frozen statements name. */
export const releaseSchema = 'release'

const folder = new URL('./frozen/', import.meta.url)

/** Every frozen release, oldest first, by its schema version. */
export async function frozenReleases(): Promise<readonly (readonly [version: number, release: Release])[]> {
  const files = (await readdir(folder)).sort()
  return Promise.all(
    files.map(async (file) => {
      const release = JSON.parse(await readFile(new URL(file, folder), 'utf8')) as Release
      return [Number.parseInt(file, 10), release] as const
    }),
  )
}
