/** What every command that looks into a storage may be told. */
export interface StorageOptions {
  /** The storage's URL. @defaultValue PERDURE_STORAGE, then DATABASE_URL, then ./.perdure where that is there */
  readonly storage?: string
  /** The PostgreSQL schema that holds the tables. @defaultValue `perdure` */
  readonly schema?: string
  readonly tenant: string
  /** Specs to read by. @defaultValue those of the project */
  readonly specs?: readonly string[]
  /** Values of variables that the spec calls sensitive are shown. */
  readonly showSensitive?: boolean
}
