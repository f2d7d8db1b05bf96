// Order of ids. Databases compare the bytes of UTF-8, JavaScript compares UTF-16 units, and the two disagree beyond
// the basic plane: '😀' is before '﹏' in UTF-16 and after it in UTF-8.

/** Orders two well-formed strings as their UTF-8 bytes would be; negative, zero or positive. */
export function compareUtf8(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length)
  for (let index = 0; index < shorter; index++) {
    const leftUnit = left.charCodeAt(index)
    const rightUnit = right.charCodeAt(index)
    if (leftUnit !== rightUnit) return rank(leftUnit) - rank(rightUnit)
  }
  return left.length - right.length
}

/** A surrogate stands for a code point beyond every unit that is none. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
