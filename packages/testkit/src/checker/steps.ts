// Work that may take long and can be left and taken up again: once a part of it is done it yields. Whoever needs the
// result at once does all parts in a row; whoever must stay answerable lets others have their turn in between.

/** Work in parts, with a result at the end. */
export type Steps<Result> = Generator<undefined, Result, undefined>

/** Does all of it now. */
export function finishNow<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const next = steps.next()
    if (next.done === true) return next.value
  }
}

/** Does it part by part; timers, input and signals get their turn in between. */
export async function finishInTurns<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const next = steps.next()
    if (next.done === true) return next.value
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}
