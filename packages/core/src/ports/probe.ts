// Named points where a race or a crash matters. Tests stop, reorder or kill there; in production nothing happens.

/** Called at a named point; a returned promise is awaited there. */
export type Probe = (point: string, facts?: Readonly<Record<string, unknown>>) => void | Promise<void>

/** Does nothing. */
export const noProbe: Probe = () => {}
