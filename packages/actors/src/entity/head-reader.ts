// Looks where entities stand now, for refusals on storages that other hosts write to as well. Whoever asks in the same turn
// shares one read.
import type { EntityHead, EntityKey, Storage } from '@perdure/core'
import { withRetry } from '../persistence/with-retry.ts'
import type { RetryDeps } from '../persistence/with-retry.ts'

interface Question {
  readonly entity: EntityKey
  readonly answer: (head: EntityHead | undefined) => void
  readonly fail: (error: unknown) => void
}

/** Reads heads in batches, one batch after another. */
export class HeadReader {
  readonly #deps: RetryDeps & { readonly storage: Storage }
  #questions: Question[] = []
  #isReading = false

  constructor(deps: RetryDeps & { readonly storage: Storage }) {
    this.#deps = deps
  }

  /** The entity's head at a moment after this call; undefined when there is none. @throws StorageError */
  read(entity: EntityKey): Promise<EntityHead | undefined> {
    return new Promise((answer, fail) => {
      this.#questions.push({ entity, answer, fail })
      if (this.#isReading) return
      this.#isReading = true
      queueMicrotask(() => void this.#run())
    })
  }

  async #run(): Promise<void> {
    while (this.#questions.length > 0) await this.#ask(this.#questions.splice(0))
    this.#isReading = false
  }

  async #ask(questions: readonly Question[]): Promise<void> {
    const entities = questions.map(({ entity }) => entity)
    try {
      const heads = await withRetry(this.#deps, () => this.#deps.storage.readHeads(entities))
      questions.forEach(({ answer }, index) => answer(heads[index]))
    } catch (error) {
      for (const { fail } of questions) fail(error)
    }
  }
}
