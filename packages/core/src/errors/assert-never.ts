/** Ends a `switch` over a union; a new variant becomes a compile error here. @throws Error always */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
