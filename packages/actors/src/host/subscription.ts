/** Ends a subscription. */
export interface Subscription {
  readonly unsubscribe: () => void
}
