/** Any value that may be stored: what JSON can say, and nothing else. Treated as immutable everywhere. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject

/** A JSON object: plain, own enumerable string keys only. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}
