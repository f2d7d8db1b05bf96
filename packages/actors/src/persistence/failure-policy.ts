// What happens when something that a host does fails: one table, which the code that carries operations out is typed by.

/**
 * What a failure means. `durabilityIntent`: somebody relies on it; he gets the error, and memory does not pretend.
 * `bestEffort`: nobody has to know; logged once, kept, tried again behind until it succeeds, `degraded` meanwhile.
 * `background`: logged, shown as `degraded`, and left to the next interval.
 */
export type OperationClass = 'durabilityIntent' | 'bestEffort' | 'background'

/** The class of every operation. */
export const failurePolicy = {
  /** Storing events, creations among them. */
  append: 'durabilityIntent',
  /** Reading an entity, its events, its contents. */
  load: 'durabilityIntent',
  /** Storing a tombstone. */
  delete: 'durabilityIntent',
  /** Closing the storage. */
  close: 'durabilityIntent',
  /** Storing the snapshot of a state that has committed. */
  snapshot: 'bestEffort',
  /** Handing events to a named consumer; tried again until it is blocked. */
  consume: 'bestEffort',
  /** Noting how far a projection has come. */
  mark: 'bestEffort',
  /** Remembering the output of an effect. */
  effectCache: 'bestEffort',
  /** Putting back contents that went missing, or renewing the hold on them. */
  blobTouch: 'bestEffort',
  /** Expiring references and deleting what nothing refers to. */
  sweep: 'background',
  /** Deleting what retention no longer keeps. */
  prune: 'background',
  /** Saying that this host lives, and looking who else does. */
  lease: 'background',
  /** Reaching other hosts; meanwhile commands are decided where they are asked. */
  route: 'background',
} as const

/** Everything that can fail. */
export type Operation = keyof typeof failurePolicy

/** Operations of one class. */
export type OperationOf<Class extends OperationClass> = {
  [Name in Operation]: (typeof failurePolicy)[Name] extends Class ? Name : never
}[Operation]
