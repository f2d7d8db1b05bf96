// @perdure/actors/nats: hosts reach each other over NATS. A subpath of its own, for it alone needs @nats-io/transport-node.
export { openNatsRouter } from './open-nats-router.ts'
export type { NatsRouterOptions } from './open-nats-router.ts'
