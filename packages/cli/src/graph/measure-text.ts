// How wide text will be, without a font at hand: close enough to keep labels apart in any common sans serif.

const narrow = /[ijlt.,:;'|!()[\]fr ]/
const wide = /[mwMW@%]/
const upper = /[A-Z&]/

/** Width of a text in pixels at a font size; rather too wide than too narrow. */
export function measureText(text: string, fontSize: number): number {
  let em = 0
  for (const char of text) em += widthOf(char)
  return em * fontSize
}

function widthOf(char: string): number {
  if (narrow.test(char)) return 0.32
  if (wide.test(char)) return 0.88
  if (upper.test(char)) return 0.68
  // Letters beyond Latin may be as wide as they are high.
  return (char.codePointAt(0) ?? 0) > 0x2e80 ? 1.05 : 0.57
}
