// A finding in words. Kept apart from the data, so that every storage and every tool says the same.
import { formatEntityKey } from '../entity/entity-key.ts'
import { assertNever } from '../errors/assert-never.ts'
import type { VerifyFinding } from './verify.ts'

/** What is wrong, and what to do about it. */
export interface FindingDescription {
  readonly what: string
  readonly advice: string
}

const restoreEntity =
  'restore the entity from a backup; until then it cannot be loaded, and its neighbours are not affected'
const restoreLog = 'restore the database from a backup: events are gone that somebody was told are stored'
const unreachable = 'nobody can reach it: look in a backup for the entity it belongs to, or delete it by hand'

/** Says a finding in words. */
export function describeFinding(finding: VerifyFinding): FindingDescription {
  switch (finding.kind) {
    case 'head_differs':
      return {
        what: `${formatEntityKey(finding.entity)}: its head has ${finding.of} ${show(finding.head)}, its last event ${show(finding.events)}`,
        advice: restoreEntity,
      }
    case 'missing_events':
      return {
        what: `${formatEntityKey(finding.entity)}: missing: ${noun('event', finding.fromSequence, finding.toSequence)}`,
        advice: restoreEntity,
      }
    case 'undecodable_event':
      return {
        what: `${formatEntityKey(finding.entity)}: what is stored as event ${finding.sequence} is none`,
        advice: restoreEntity,
      }
    case 'event_column_differs':
      return {
        what: `${formatEntityKey(finding.entity)}: column ${finding.column} of event ${finding.sequence} does not say what its payload says`,
        advice: 'the payload counts: set the column to what it says',
      }
    case 'events_without_head':
      return {
        what: `stream ${finding.stream} has events, and no entity has this stream`,
        advice: restoreLog,
      }
    case 'missing_positions':
      return {
        what: `no event of the log at ${noun('position', finding.from, finding.to)}`,
        advice: restoreLog,
      }
    case 'misplaced_position':
      return {
        what: `position ${finding.position} of the log is taken more than once, or by none that was ever given out`,
        advice: 'somebody wrote into the table of events: compare it with a backup',
      }
    case 'log_head_behind':
      return {
        what: `the log's head is at ${finding.logHead}, its newest event at ${finding.lastPosition}`,
        advice: `stop every host, then set log_head.position to ${finding.lastPosition}`,
      }
    case 'unusable_snapshot':
      return {
        what: `${formatEntityKey(finding.entity)}: its snapshot at ${finding.sequence} is not usable (${finding.reason})`,
        advice:
          'nothing is lost: the entity is rebuilt from its events; delete the snapshot, a new one follows',
      }
    case 'snapshot_ahead':
      return {
        what: `${formatEntityKey(finding.entity)}: its snapshot is of version ${finding.sequence}, and it is at ${finding.version}`,
        advice: 'events may be missing at its end: compare with a backup, then delete the snapshot',
      }
    case 'snapshot_without_head':
      return {
        what: `stream ${finding.stream} has a snapshot, and no entity has this stream`,
        advice: unreachable,
      }
    case 'dangling_reference':
      return {
        what: `field '${finding.field}' of stream ${finding.stream} refers to blob ${finding.hash}, which is not stored`,
        advice:
          'delete the reference; the next activation of the entity puts both back if its events hold the value',
      }
    case 'reference_without_head':
      return {
        what: `field '${finding.field}' of stream ${finding.stream} refers to blob ${finding.hash}, and no entity has this stream`,
        advice: unreachable,
      }
    case 'corrupt_blob':
      return {
        what: `blob ${finding.hash} of tenant '${finding.tenant}' does not have the content it is stored under (${finding.reason})`,
        advice:
          'restore it from a backup, or delete it with its references: the next activation puts it back if its event holds the value',
      }
    default:
      return assertNever(finding)
  }
}

function noun(word: string, from: number | bigint, to: number | bigint): string {
  return from === to ? `${word} ${from}` : `${word}s ${from} to ${to}`
}

function show(value: number | string | undefined): string {
  return value === undefined ? 'none' : typeof value === 'string' ? `'${value}'` : String(value)
}
