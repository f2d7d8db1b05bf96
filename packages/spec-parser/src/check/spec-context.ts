import type { Names } from './names.ts'
import type { TextContext } from './compile-text.ts'

/** What resolving a section needs: the text, where findings go, and what the names of the spec mean. */
export interface SpecContext extends TextContext {
  readonly names: Names
}
