// The few colours of a report.

/** Text in colour, or left alone. */
export interface Paint {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
}

/** Colours for terminals, or none. */
export function paintWith(color: boolean): Paint {
  const sgr =
    (start: number, end: number) =>
    (text: string): string =>
      color ? `\u001B[${start}m${text}\u001B[${end}m` : text
  return { bold: sgr(1, 22), dim: sgr(2, 22), red: sgr(31, 39), green: sgr(32, 39), yellow: sgr(33, 39) }
}
