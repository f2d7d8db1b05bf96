import type { Expression, SetExpression } from '@perdure/core'

import type { Span } from '../toml/span.ts'

/** Where each node of a parsed expression stands in its text. Beside the tree, so that equal expressions are equal. */
export class ExpressionSpans {
  readonly #spans = new WeakMap<object, Span>()
  readonly #items = new WeakMap<object, readonly Span[]>()

  /** Notes the place of a node, and of the items of a literal set. */
  mark(node: Expression | SetExpression, span: Span, items: readonly Span[] = []): void {
    this.#spans.set(node, span)
    this.#items.set(node, items)
  }

  /** The place of a node of this tree. */
  of(node: Expression | SetExpression): Span {
    return this.#spans.get(node) ?? { start: 0, end: 0 }
  }

  /** The places of the items of a literal set, in order. */
  itemsOf(set: SetExpression): readonly Span[] {
    return this.#items.get(set) ?? []
  }
}
