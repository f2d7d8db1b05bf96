/** Makes ids that nobody made before: entity ids, event ids. */
export interface Ids {
  next(): string
}
