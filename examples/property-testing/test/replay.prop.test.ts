import { openMemoryStorage } from '@perdure/core/memory'
import { replayProperties } from '@perdure/testkit/vitest'
import { specOf } from './specs.ts'

replayProperties(await specOf('payment-mended.ioa.toml'), () => openMemoryStorage())
