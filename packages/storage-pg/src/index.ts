// @perdure/storage-pg: entities on PostgreSQL or embedded PGlite, through one function.
export { distributeStorage, distributionScript } from './distribute-storage.ts'
export { migrateStorage, planMigration, planMigrationFrom } from './migrate-storage.ts'
export type { MigrateOptions, MigrationPlan, MigrationStep } from './migrate-storage.ts'
export type { PoolOptions } from './connect/pg-pool.ts'
export { openStorage } from './open-storage.ts'
export type { StorageOptions } from './open-storage.ts'
export { projection } from './subscribe/projection.ts'
