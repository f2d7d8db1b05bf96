// Mutants that change what they carry, or carry more or less than they say.
import { answering, bodies } from './router-mutant.ts'
import type { RouterMutant } from './router-mutant.ts'

const sizeCase = 'keeps bodies of every size up to a MiB and beyond'

/** Cuts the bytes as a message would, and reads every part by itself. */
function inParts(body: string, partBytes: number): string {
  const bytes = Buffer.from(body)
  const parts: string[] = []
  for (let at = 0; at < bytes.length; at += partBytes)
    parts.push(bytes.subarray(at, at + partBytes).toString())
  return parts.join('')
}

export const bodyMutants: readonly RouterMutant[] = [
  {
    name: 'drops a byte order mark',
    breaks: ['keeps characters that protocols trip over'],
    mutate: bodies((body) => new TextDecoder().decode(Buffer.from(body))),
  },
  {
    name: 'makes a line end of every carriage return',
    breaks: ['keeps characters that protocols trip over'],
    mutate: bodies((body) => body.replaceAll('\r\n', '\n')),
  },
  {
    name: 'composes characters',
    breaks: ['keeps characters that protocols trip over'],
    mutate: bodies((body) => body.normalize()),
  },
  {
    name: 'loses empty answers',
    breaks: ['keeps characters that protocols trip over'],
    mutate: answering((answer) => async (request, context) => (await answer(request, context)) || '(none)'),
  },
  {
    name: 'cuts characters where it cuts messages',
    breaks: [sizeCase],
    mutate: bodies((body) => inParts(body, 65_503)),
  },
  {
    name: 'carries a MiB and drops the rest',
    breaks: [sizeCase, 'keeps a body of exactly as many bytes as it carries'],
    mutate: bodies((body) =>
      Buffer.from(body)
        .subarray(0, 1 << 20)
        .toString(),
    ),
  },
  {
    name: 'carries one message, of a MiB at most',
    breaks: ['carries the largest command there is, and as large an answer'],
    mutate: (sound) => ({
      send: async (address, request, options) =>
        Buffer.byteLength(request.body) > 1 << 20
          ? { kind: 'undelivered', reason: 'it is over a MiB' }
          : sound.send(address, request, options),
    }),
  },
  {
    name: 'drops the last part of a long answer',
    breaks: ['carries the largest command there is, and as large an answer'],
    mutate: answering((answer) => async (request, context) => {
      const body = await answer(request, context)
      return body.length > 1_000_000 ? body.slice(0, -10) : body
    }),
  },
  {
    name: 'delivers what is shorter than its limit only',
    breaks: ['keeps a body of exactly as many bytes as it carries'],
    mutate: (sound) => ({
      send: async (address, request, options) =>
        Buffer.byteLength(request.body) >= sound.maxBodyBytes
          ? { kind: 'undelivered', reason: 'it is too long' }
          : sound.send(address, request, options),
    }),
  },
  {
    name: 'knows characters of two bytes at most',
    breaks: ['keeps any text, there and back'],
    mutate: bodies((body) => body.replaceAll(/[\u{10000}-\u{10ffff}]/gu, '?')),
  },
  {
    name: 'takes bodies to be JSON, and drops what databases refuse',
    breaks: ['keeps every JSON value that a command holds: NUL, lone surrogates, odd keys, deep ones'],
    mutate: bodies((body) => body.replaceAll('\\u0000', '')),
  },
  {
    name: 'answers with codes of its own',
    breaks: ['keeps code, message, details and facts of an error'],
    mutate: answering(
      (answer) => async (request, context) =>
        (await answer(request, context)).replace('"storage_unavailable"', '"unavailable"'),
    ),
  },
  {
    name: 'cuts ids',
    breaks: ['hands over the id of a request as it was sent'],
    mutate: (sound) => ({
      send: (address, { id, body }, options) => sound.send(address, { id: id.slice(0, 64), body }, options),
    }),
  },
  {
    name: 'counts characters where it should count bytes',
    breaks: ['counts UTF-8 bytes, and delivers no body over its limit'],
    mutate: (sound, { maxBodyBytes = Infinity }) => ({
      send: (address, request, options) =>
        request.body.length <= maxBodyBytes && Buffer.byteLength(request.body) > maxBodyBytes
          ? sound.send(address, { ...request, body: '' }, options)
          : sound.send(address, request, options),
    }),
  },
  {
    name: 'answers with the beginning of what is too long',
    breaks: ['leaves a request unanswered whose answer is over its limit'],
    mutate: (sound) => ({
      join: (address, answer) =>
        sound.join(address, async (request, context) =>
          (await answer(request, context)).slice(0, sound.maxBodyBytes / 3),
        ),
    }),
  },
  {
    name: 'says that it carries everything',
    breaks: ['says how much it carries'],
    mutate: () => ({ maxBodyBytes: Number.MAX_SAFE_INTEGER }),
  },
  {
    name: 'answers with the error that there was',
    breaks: ['leaves a request unanswered whose answer fails, and answers the next'],
    mutate: answering((answer) => async (request, context) => {
      try {
        return await answer(request, context)
      } catch (error) {
        return String(error)
      }
    }),
  },
  {
    name: 'stops answering after a failure',
    breaks: ['leaves a request unanswered whose answer fails, and answers the next'],
    mutate: answering((answer) => {
      let hasFailed = false
      return async (request, context) => {
        if (hasFailed) throw new Error('no more')
        hasFailed = true
        const body = await answer(request, context)
        hasFailed = false
        return body
      }
    }),
  },
  {
    name: 'answers one after the other',
    breaks: ['waits for an answer that takes its time, and answers others meanwhile'],
    mutate: answering((answer) => {
      let last: Promise<unknown> = Promise.resolve()
      return (request, context) => {
        const mine = last.then(() => answer(request, context))
        last = mine.catch(() => {})
        return mine
      }
    }),
  },
]
