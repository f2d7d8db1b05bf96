import { crashWorker } from '@perdure/testkit'

await crashWorker()
throw new Error('out of paper')
