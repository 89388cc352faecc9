import { connect, createServer, type Server, type Socket } from "node:net"

/** Stands before a server on this machine and counts what a network would make slow. */
export class CountingRelay implements AsyncDisposable {
  connections = 0
  /** How often something was sent and then answered, on all connections together. */
  roundTrips = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(to: URL, oneWayMs: number) {
    this.#server = createServer((near) => this.#relay(near, to, oneWayMs))
  }

  /**
   * @param to address of the server, such as `http://HOST:PORT`.
   * @param oneWayMs how long everything is on its way, in each direction. Only the first packets of TCP are not held up.
   */
  static async start(to: string, oneWayMs = 0): Promise<CountingRelay> {
    const relay = new CountingRelay(new URL(to), oneWayMs)
    await new Promise<void>((resolve) => relay.#server.listen(0, "127.0.0.1", resolve))
    return relay
  }

  get url(): string {
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
  }

  #relay(near: Socket, to: URL, oneWayMs: number): void {
    this.connections++
    const far = connect(Number(to.port), to.hostname)
    let waits = false
    near.on("data", () => {
      waits = true
    })
    far.on("data", () => {
      if (waits) this.roundTrips++
      waits = false
    })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one)
      if (oneWayMs === 0) one.pipe(other)
      else delay(one, other, oneWayMs)
      one.on("error", () => other.destroy())
      one.on("close", () => this.#sockets.delete(one))
    }
  }
}

/** Timers of one length end in the order in which they began. */
function delay(one: Socket, other: Socket, ms: number): void {
  one.on("data", (data) => setTimeout(() => other.write(data), ms))
  one.on("end", () => setTimeout(() => other.end(), ms))
}
