import type { JsonValue } from '@perdure/core'

/** A text in at most so many characters, without line breaks and control characters; `…` says that there is more. */
export function shorten(text: string, maxLength: number): string {
  const [head, flat] = [text.slice(0, maxLength * 2), /[\0-\u001F\u007F-\u009F]+/g]
  const shown = Array.from(head.replaceAll(flat, ' '))
  const isWhole = head.length === text.length && shown.length <= maxLength
  return isWhole ? shown.join('') : `${shown.slice(0, maxLength - 1).join('')}…`
}

/** A JSON value in at most so many characters. */
export function shortJson(value: JsonValue, maxLength: number): string {
  // A long string is cut before it is quoted, not after: only what is shown is worth the work.
  const bounded =
    typeof value === 'string' && value.length > maxLength * 2 ? value.slice(0, maxLength * 2) : value
  return shorten(JSON.stringify(bounded), maxLength)
}
