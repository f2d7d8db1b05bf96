import { PerdureError } from '../errors/perdure-error.ts'
import type { ErrorDetails } from '../errors/perdure-error.ts'

/** Every way a router fails. That a request was not answered is no failure of it, but a `RouterResult`. */
export type RouterErrorCode =
  /** It cannot be reached; it tries again by itself. */
  | 'router_unavailable'
  | 'router_closed'
  /** An address, a URL or an option makes no sense. */
  | 'router_misconfigured'
  /** Somebody else has a seat under this address. */
  | 'address_taken'

/** A router failed. Commands are decided where they are asked until it works again. */
export class RouterError extends PerdureError {
  override readonly name: string = 'RouterError'
  declare readonly code: RouterErrorCode

  constructor(
    code: RouterErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly details?: ErrorDetails } = {},
  ) {
    super(code, message, options)
  }
}

const addressPattern = /^[A-Za-z0-9._~-]{1,255}$/

/** For implementations of the port. @throws RouterError `router_misconfigured` for what cannot be an address */
export function checkAddress(address: string): void {
  if (addressPattern.test(address)) return
  throw new RouterError(
    'router_misconfigured',
    `${JSON.stringify(address)} is no address: it takes 1 to 255 letters, digits and any of . _ ~ -`,
    { details: { address } },
  )
}
