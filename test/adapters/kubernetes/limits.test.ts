import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { createServer as createTcpServer, type Server, type Socket } from "node:net"
import { setImmediate as turn } from "node:timers/promises"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { ApiClient } from "../../../src/adapters/kubernetes/client.ts"
import { NetworkFailure } from "../../../src/adapters/kubernetes/failure.ts"
import { usualLimits } from "../../../src/adapters/kubernetes/limits.ts"
import type { Operation } from "../../../src/adapters/kubernetes/operation.ts"
import { Transport } from "../../../src/adapters/kubernetes/transport.ts"
import type { ClusterAccess } from "../../../src/ports/cluster.ts"

const operation: Operation = {
  right: { verb: "get", group: "", resource: "pods", name: null },
  namespace: "shop",
}
const closing: (() => void)[] = []

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
})
afterEach(() => {
  vi.useRealTimers()
  for (const close of closing.splice(0)) close()
})

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  return `127.0.0.1:${typeof address === "object" ? address?.port : ""}`
}

/** A server that takes each connection and says nothing, not even for TLS. */
function silentServer(): Promise<string> {
  const sockets: Socket[] = []
  const server = createTcpServer((socket) => {
    sockets.push(socket)
    socket.on("error", () => {})
  })
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return listening(server)
}

function answeringServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer)
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return listening(server)
}

function accessTo(server: string): ClusterAccess {
  const plain = { ca: null, tlsServerName: null, insecure: false, proxy: null }
  return { name: "x", server, ...plain, credential: async () => ({}) }
}

function transportTo(server: string): Transport {
  return new Transport(accessTo(server), usualLimits)
}

const mostTurns = 1_000_000

/** Waits for what no clock decides, and not for ever. */
async function until(isSo: () => boolean): Promise<void> {
  for (let count = 0; count < mostTurns && !isSo(); count++) await turn()
}

/** How it ended, as soon as it has. */
function watched(work: Promise<unknown>): { end: unknown } {
  const seen: { end: unknown } = { end: null }
  work.then(
    (end) => {
      seen.end = end
    },
    ({ code }: { readonly code: string }) => {
      seen.end = code
    },
  )
  return seen
}

/** What is so a millisecond before the time is over, and then. */
async function around(ms: number, seen: { readonly end: unknown }): Promise<readonly unknown[]> {
  vi.advanceTimersByTime(ms - 1)
  for (let count = 0; count < 20; count++) await turn()
  const before = seen.end
  vi.advanceTimersByTime(1)
  await until(() => seen.end !== null)
  return [before, seen.end]
}

describe("a request to the cluster is given up", () => {
  test("after 5 seconds without a connection, TLS included", async () => {
    const seen = watched(transportTo(`https://${await silentServer()}`).send(operation, {}))
    await until(() => vi.getTimerCount() > 0)
    expect(await around(5_000, seen)).toEqual([null, "ETIMEDOUT"])
  })

  test("after 15 seconds without an answer", async () => {
    let isAsked = false
    const server = await answeringServer(() => {
      isAsked = true
    })
    const seen = watched(transportTo(`http://${server}`).send(operation, {}))
    await until(() => isAsked)
    expect(await around(15_000, seen)).toEqual([null, "ETIMEDOUT"])
  })
})

test("a watch is replaced after 70 seconds in which nothing is heard", async () => {
  const server = await answeringServer((_request, response) => response.write("{}\n"))
  let isHeard = false
  const handlers = {
    onBegin: () => {},
    onChunk: () => {
      isHeard = true
    },
  }
  const seen = watched(transportTo(`http://${server}`).stream(operation, {}, handlers))
  await until(() => isHeard)
  expect(await around(70_000, seen)).toEqual([null, "stalled"])
})

test("a request is repeated for 20 seconds while the way to the server fails", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] })
  const quiet = { warn: () => {}, debug: () => {} }
  const activity = { begin: () => {}, failed: () => {} }
  const client = new ApiClient(accessTo("https://cluster.invalid"), {
    log: quiet,
    activity,
    limits: usualLimits,
  })
  const begin = performance.now()
  const tried: number[] = []
  const work = async () => {
    tried.push(performance.now() - begin)
    throw new NetworkFailure("", { code: "ECONNREFUSED" })
  }
  let code: unknown = null
  client.repeat(operation.right, work).catch((error: { readonly code: string }) => {
    code = error.code
  })
  await vi.advanceTimersByTimeAsync(19_999)
  expect([code, Math.max(...tried) > 20_000 - 2 * usualLimits.longestPauseMs]).toEqual([null, true])
  await vi.advanceTimersByTimeAsync(2)
  expect([code, Math.round(Math.max(...tried) / 100)]).toEqual(["REMOTE_FAILED", 200])
})
