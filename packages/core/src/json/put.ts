import type { JsonValue } from './json-value.ts'

/** Sets an own property whatever its name; plain assignment of `__proto__` would set the prototype. @internal */
export function put(
  target: JsonValue[] | Record<string, JsonValue>,
  key: string | number,
  value: JsonValue,
): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    ;(target as Record<string | number, JsonValue>)[key] = value
  }
}
