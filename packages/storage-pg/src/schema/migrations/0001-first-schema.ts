// The first schema. Reasons that the SQL cannot tell:
// - `entities.version` is the optimistic lock of a stream; fillfactor leaves room for updates in place.
// - `events.payload` is json, not jsonb: it keeps the text, so NUL and lone surrogates (as \u escapes) and the order of
//   keys survive. The other columns of an event are copies for people and indexes.
// - Ids compare by bytes (collation C), in every database alike.
// - Blob and snapshot bodies are compressed before they arrive, hence EXTERNAL.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Migration } from '../migration.ts'
import type { Tables } from '../tables.ts'

/** Entities, events, snapshots, blobs and the log's head. */
export const firstSchema: Migration = {
  version: 1,
  name: 'first-schema',
  statements: (tables) => [...logTables(tables), ...contentTables(tables)],
}

type Statement = RawBuilder<unknown>

function logTables({ entities, events, logHead, snapshots }: Tables): readonly Statement[] {
  return [
    sql`create table ${entities} (
      stream uuid primary key,
      tenant text collate "C" not null,
      type text collate "C" not null,
      id text collate "C" not null,
      version int8 not null check (version > 0),
      status text not null,
      updated_at timestamptz not null,
      deleted_at timestamptz
    ) with (fillfactor = 80)`,
    sql`create unique index entities_key on ${entities} (tenant, type, id)`,
    sql`create index entities_status on ${entities} (tenant, type, status, id)`,
    sql`create table ${events} (
      stream uuid not null,
      sequence int8 not null,
      position int8 not null,
      action text not null,
      at timestamptz not null,
      idempotency_key text collate "C",
      payload json not null,
      primary key (stream, sequence)
    )`,
    sql`create unique index events_position on ${events} (position)`,
    sql`create unique index events_idempotency_key on ${events} (stream, idempotency_key)
      where idempotency_key is not null`,
    sql`create table ${logHead} (
      only_row bool primary key default true check (only_row),
      position int8 not null
    ) with (fillfactor = 10)`,
    sql`insert into ${logHead} (position) values (0)`,
    sql`create table ${snapshots} (
      stream uuid primary key,
      sequence int8 not null,
      spec_hash text not null,
      body bytea not null
    )`,
    sql`alter table ${snapshots} alter column body set storage external`,
  ]
}

function contentTables({ blobs, blobRefs }: Tables): readonly Statement[] {
  return [
    sql`create table ${blobs} (
      tenant text collate "C" not null,
      hash bytea not null,
      size int8 not null,
      stored_size int8 not null,
      codec text not null,
      body bytea not null,
      created_at timestamptz not null,
      orphaned_at timestamptz,
      primary key (tenant, hash)
    )`,
    sql`alter table ${blobs} alter column body set storage external`,
    sql`create index blobs_orphaned_at on ${blobs} (orphaned_at) where orphaned_at is not null`,
    sql`create table ${blobRefs} (
      tenant text collate "C" not null,
      hash bytea not null,
      stream uuid not null,
      owner text collate "C" not null,
      expires_at timestamptz,
      primary key (tenant, hash, stream, owner),
      constraint blob_refs_blob foreign key (tenant, hash) references ${blobs} (tenant, hash)
    )`,
    sql`create index blob_refs_expires_at on ${blobRefs} (expires_at) where expires_at is not null`,
  ]
}
