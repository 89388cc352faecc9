import { createConnection } from "node:net"
import { expect, test } from "vitest"
import { freePort } from "./free-port.ts"

test("a free port is below those that connections get, and nobody listens on it", async () => {
  const port = await freePort()
  expect(port).toBeGreaterThan(1023)
  expect(port).toBeLessThan(32_768)
  const socket = createConnection(port, "127.0.0.1")
  const code = await new Promise((resolve) => {
    socket.once("connect", () => resolve(null))
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code))
  })
  expect(code).toBe("ECONNREFUSED")
})
