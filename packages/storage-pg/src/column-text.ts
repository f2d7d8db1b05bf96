/**
 * Any string as a text column can hold it, reversibly: NUL, control characters and lone surrogates become `\u` escapes
 * (a text column refuses the first and silently changes the last). Ordinary names stay as they are.
 */
export function columnText(text: string): string {
  return ordinary.test(text) ? text : JSON.stringify(text).slice(1, -1)
}

const ordinary = /^[ !#-[\]-~]*$/

/** The string that `columnText` made the column from. */
export function textOfColumn(column: string): string {
  return JSON.parse(`"${column}"`) as string
}
