// A proxy before the server that can lose a connection at the one moment that matters: around the answer to a commit.
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/**
 * What happens to the connection: cut before the server gets what is being sent, cut after it has answered, or silent from
 * there on.
 */
type Cut = 'before' | 'after' | 'silence'

/** A running proxy. */
export interface Proxy {
  /** The server's URL by way of the proxy. */
  readonly url: string
  /** Does it to the connection that next sends a message containing this text. */
  cutAt(text: string, when: Cut): void
  /** Cuts every connection there is. */
  cutAll(): void
  /** Lets nothing through any more of the connections there are, in either direction: half-open, as each side sees them. */
  silenceAll(): void
  /** Lets nothing through until `resume`; nothing is lost, and whoever connects waits as well. */
  pause(): void
  resume(): void
  /** Whether connections made from here on are served; one that is not is accepted, and never answered. */
  serveNew(isServed: boolean): void
  close(): Promise<void>
}

/** Starts a proxy before the server of this URL. */
export async function startProxy(serverUrl: string): Promise<Proxy> {
  const target = new URL(serverUrl)
  const sockets = new Set<Socket>()
  const silencers = new Set<() => void>()
  let isServing = true
  let isPaused = false
  let trap: { readonly text: string; readonly when: Cut } | undefined
  const listener = createServer((client) => {
    const server = connect(Number(target.port), target.hostname)
    let cutOnAnswer = false
    let silent = !isServing
    const silence = (): void => {
      silent = true
    }
    const cut = (): void => {
      client.destroy()
      server.destroy()
      silencers.delete(silence)
      sockets.delete(client)
      sockets.delete(server)
    }
    silencers.add(silence)
    // Through silence not even the end of one side is heard by the other.
    const end = (): void => {
      if (!silent) cut()
    }
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', end)
      socket.on('close', end)
      if (isPaused) socket.pause()
    }
    client.on('data', (data) => {
      if (silent) return
      const sprung = trap !== undefined && data.includes(trap.text) ? trap : undefined
      if (sprung !== undefined) trap = undefined
      if (sprung?.when === 'before') return cut()
      cutOnAnswer = sprung?.when === 'after'
      silent = sprung?.when === 'silence'
      if (silent) return
      server.write(data)
    })
    server.on('data', (data) => {
      if (cutOnAnswer) cut()
      else if (!silent) client.write(data)
    })
  })
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve)
  })
  const url = new URL(serverUrl)
  url.port = String((listener.address() as AddressInfo).port)
  return {
    url: url.href,
    cutAt: (text, when) => {
      trap = { text, when }
    },
    cutAll: () => {
      for (const socket of sockets) socket.destroy()
    },
    silenceAll: () => {
      for (const silence of silencers) silence()
    },
    pause: () => {
      isPaused = true
      for (const socket of sockets) socket.pause()
    },
    resume: () => {
      isPaused = false
      for (const socket of sockets) socket.resume()
    },
    serveNew: (isServed) => {
      isServing = isServed
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}
