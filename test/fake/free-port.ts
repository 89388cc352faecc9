import { randomInt } from "node:crypto"
import { connect, type Server } from "node:net"
import { setTimeout as wait } from "node:timers/promises"

/** Below those that Linux gives to connections: of these, one may be taken before the server is there to listen. */
const firstPort = 10_240
const lastPort = 32_000
const tries = 100

/** A process that was forked a moment ago holds a closed port until it becomes its program: on a busy machine, for long. */
const waits = 600
const waitMs = 50

/**
 * Finds a port for a server that cannot choose one itself.
 *
 * @returns a port of the loopback interface that nobody listens on
 * @throws Error when the tries are over
 */
export async function freePort(): Promise<number> {
  for (let count = 0; count < tries; count += 1) {
    const port = randomInt(firstPort, lastPort)
    if (await refuses(port)) return port
  }
  throw new Error(`no port is free between ${firstPort} and ${lastPort}, after ${tries} tries`)
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

/**
 * Has a server listen on the port of one that was closed before.
 *
 * @throws Error when the port stays taken for 30 s
 */
export async function listenAgain(server: Server, port: number): Promise<void> {
  for (let count = 0; count < waits; count += 1) {
    if (await listens(server, port)) return
    await wait(waitMs)
  }
  throw new Error(`port ${port} is still taken after ${(waits * waitMs) / 1000} s`)
}

function listens(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const fails = (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(false)
      else reject(error)
    }
    server.once("error", fails)
    server.listen(port, "127.0.0.1", () => {
      server.off("error", fails)
      resolve(true)
    })
  })
}

function refuses(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(port, "127.0.0.1")
    connection.once("connect", () => {
      connection.destroy()
      resolve(false)
    })
    connection.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"))
  })
}
