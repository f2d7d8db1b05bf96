/** How a state is read. */
export interface StateOptions {
  /** Put the values of overflowed fields back. @defaultValue false */
  readonly hydrate?: boolean
  /** `processed` shows what is decided but not yet committed. @defaultValue 'committed' */
  readonly consistency?: 'committed' | 'processed'
  /** Stops waiting for the entity to be loaded, with the signal's reason. */
  readonly signal?: AbortSignal
}

/** How a history is read. */
export interface HistoryOptions {
  /** `stored` shows events under the names they were written with. @defaultValue 'today' */
  readonly names?: 'today' | 'stored'
}
