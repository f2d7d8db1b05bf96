// The shape of the storage contract: named cases that any test framework, or none, can run.
import type { Storage, StorageCapabilities } from '@perdure/core'

/** What a case may need beyond the storage itself: a capability, or a way to damage blobs behind its back. */
export type ContractFeature = keyof StorageCapabilities | 'tamper'

/** A storage under test. Opened empty for one case. */
export interface ContractSubject {
  readonly storage: Storage
  /** Closes the storage and opens the same data again; needed unless `durable` is off. */
  readonly reopen?: () => Promise<Storage>
  /** Opens the same data a second time, beside the first; needed unless `shared` is off. */
  readonly openAnother?: () => Promise<Storage>
  /** Damages blobs in a way the storage does not notice; needed unless `tamper` is off. */
  readonly tamper?: BlobTamper
  /** Closes every storage that was opened, and removes the data. */
  close(): Promise<void>
}

/** Damage to blobs at rest. */
export interface BlobTamper {
  /** Loses the blob, and the references to it where the storage insists on that. */
  deleteBlob(tenant: string, hash: string): void | Promise<void>
  /** Changes at least one of the stored bytes. */
  corruptBlob(tenant: string, hash: string): void | Promise<void>
}

/** Opens an empty storage. */
export type OpenSubject = () => Promise<ContractSubject>

/** How the contract is run. */
export interface ContractSettings {
  /** Features this storage lacks, each with its reason. Their cases are skipped aloud, and the lack is verified. */
  readonly off: Readonly<Partial<Record<ContractFeature, string>>>
  /** How often the random cases are tried. */
  readonly numRuns: number
  /** How long to wait for what must come by itself, milliseconds. @defaultValue 10_000 */
  readonly patienceMs?: number
}

/** One promise of the contract. */
export interface ContractCase {
  /** Which part of the contract: `commit`, `sweep`, … */
  readonly group: string
  /** The promise, as a sentence about "the storage". */
  readonly name: string
  readonly needs?: ContractFeature
  /** Rejects when the storage breaks the promise. */
  run(subject: ContractSubject, settings: ContractSettings): Promise<void>
}

/** Makes the cases of one group. */
export function contractGroup(
  group: string,
  cases: Readonly<Record<string, ContractCase['run']>>,
  needs?: ContractFeature,
): readonly ContractCase[] {
  return Object.entries(cases).map(([name, run]) => ({
    group,
    name,
    run,
    ...(needs === undefined ? {} : { needs }),
  }))
}
