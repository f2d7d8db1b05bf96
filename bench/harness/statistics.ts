// Medians and quantiles: what is reported instead of means, for machines are noisy in one direction.

/** Median with the extremes. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** @throws RangeError when there are no values */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort()
  return { median: quantile(sorted, 0.5), min: quantile(sorted, 0), max: quantile(sorted, 1) }
}

/** The value below which a share of them lies, between neighbours interpolated. @throws RangeError when there are none */
export function quantile(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  if (below === undefined || above === undefined) throw new RangeError('no values were measured')
  return below + (above - below) * (place - Math.floor(place))
}
