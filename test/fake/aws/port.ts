import { randomInt } from "node:crypto"
import { createServer } from "node:net"

/**
 * A port of 127.0.0.1 on which nobody listens. It is below those that the kernel gives to connections, so that
 * none takes it before it is used.
 */
export async function reservePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(20_000, 32_000)
    if (await isFree(port)) return port
  }
  throw new Error("found no free port")
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)))
  })
}
