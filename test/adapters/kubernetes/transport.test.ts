import { createServer, type Server, type Socket } from "node:net"
import { afterAll, beforeAll, expect, test } from "vitest"
import { NetworkFailure } from "../../../src/adapters/kubernetes/failure.ts"
import { usualLimits } from "../../../src/adapters/kubernetes/limits.ts"
import { Transport } from "../../../src/adapters/kubernetes/transport.ts"

/** A proxy that takes a connection and says nothing. */
let silent: Server
const sockets: Socket[] = []
let proxy = ""

beforeAll(async () => {
  silent = createServer((socket) => {
    sockets.push(socket)
    socket.on("error", () => {})
  })
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve))
  const address = silent.address()
  proxy = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`
})
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  silent.close()
})

function transportBy(connectMs: number): Transport {
  const server = "https://cluster.invalid"
  const access = { name: "x", server, ca: null, tlsServerName: null, insecure: false, proxy }
  return new Transport({ ...access, credential: async () => ({}) }, { ...usualLimits, connectMs })
}

const right = { verb: "get", group: "", resource: "pods", name: null } as const

test("a proxy that never answers ends a request when its time is over", async () => {
  const sending = transportBy(50).send({ right, namespace: "shop" }, {})
  await expect(sending).rejects.toBeInstanceOf(NetworkFailure)
  await expect(sending).rejects.toMatchObject({ code: "ETIMEDOUT" })
})

test("a request that waits for a proxy ends when it is aborted", async () => {
  const over = new AbortController()
  const sending = transportBy(600_000).send({ right, namespace: "shop", signal: over.signal }, {})
  setTimeout(() => over.abort(), 20)
  await expect(sending).rejects.toBeInstanceOf(NetworkFailure)
})
