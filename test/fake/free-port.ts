import { randomInt } from "node:crypto"
import { createServer, type Server } from "node:net"

/** Below those that Linux gives to connections: of these, one may be taken before the server is there to listen. */
const firstPort = 10_240
const lastPort = 32_000
const tries = 100

/**
 * Finds a port for a server that cannot choose one itself.
 *
 * @returns a port of the loopback interface that nobody listens on
 * @throws Error when the tries are over
 */
export async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listenSomewhere(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

/**
 * Has a server listen on the loopback interface, on a port that no connection can get while it is down.
 *
 * @returns the port
 * @throws Error when the tries are over
 */
export async function listenSomewhere(server: Server): Promise<number> {
  for (let count = 0; count < tries; count += 1) {
    const port = randomInt(firstPort, lastPort)
    if (await listens(server, port)) return port
  }
  throw new Error(`no port is free between ${firstPort} and ${lastPort}, after ${tries} tries`)
}

function listens(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const fails = () => resolve(false)
    server.once("error", fails)
    server.listen(port, "127.0.0.1", () => {
      server.off("error", fails)
      resolve(true)
    })
  })
}
