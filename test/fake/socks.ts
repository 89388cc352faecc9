import { connect, createServer, type Server, type Socket } from "node:net"

/** How a SOCKS proxy behaves. */
export interface SocksPlay {
  /** Who may log in; without it, anybody without a login. */
  readonly login?: { readonly user: string; readonly password: string }
  /** What it answers instead of connecting (RFC 1928, section 6). */
  readonly refusal?: number
  /** What it says to a greeting, when it is something else. */
  readonly greeting?: "hang up" | "http"
}

/** A SOCKS 5 proxy on this machine (RFC 1928, 1929). A name that ends in `.invalid` leads to this machine too. */
export class FakeSocks implements AsyncDisposable {
  /** Where it was asked to connect to, as `HOST:PORT`, in order. */
  readonly asked: string[] = []
  play: SocksPlay = {}
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket))
  }

  static async start(play: SocksPlay = {}): Promise<FakeSocks> {
    const fake = new FakeSocks()
    fake.play = play
    await new Promise<void>((resolve) => fake.#server.listen(0, "127.0.0.1", resolve))
    return fake
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === "object" && address !== null ? address.port : 0
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  #serve(socket: Socket): void {
    this.#keep(socket)
    const { login, greeting } = this.play
    socket.once("data", () => {
      if (greeting === "hang up") return socket.destroy()
      if (greeting === "http") return socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")
      socket.write(Buffer.of(5, login === undefined ? 0 : 2))
      return login === undefined ? this.#listen(socket) : this.#logIn(socket, login)
    })
  }

  #logIn(socket: Socket, login: NonNullable<SocksPlay["login"]>): void {
    socket.once("data", (message: Buffer) => {
      const user = message.subarray(2, 2 + (message[1] ?? 0))
      const password = message.subarray(3 + user.length)
      const right = `${user}` === login.user && `${password}` === login.password
      socket.write(Buffer.of(1, right ? 0 : 1))
      if (right) this.#listen(socket)
    })
  }

  #listen(socket: Socket): void {
    socket.once("data", (request: Buffer) => {
      const host = hostIn(request)
      const port = request.readUInt16BE(request.length - 2)
      this.asked.push(`${host}:${port}`)
      const answer = (code: number) => Buffer.of(5, code, 0, 1, 0, 0, 0, 0, 0, 0)
      if (this.play.refusal !== undefined) return socket.end(answer(this.play.refusal))
      const tunnel = connect(port, host.endsWith(".invalid") ? "127.0.0.1" : host)
      this.#keep(tunnel)
      tunnel.once("connect", () => {
        socket.write(answer(0))
        socket.pipe(tunnel).pipe(socket)
      })
      tunnel.once("error", () => socket.end(answer(5)))
      return undefined
    })
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on("error", () => {})
    socket.once("close", () => this.#sockets.delete(socket))
  }
}

function hostIn(request: Buffer): string {
  switch (request[3]) {
    case 1:
      return request.subarray(4, 8).join(".")
    case 3:
      return request.subarray(5, 5 + (request[4] ?? 0)).toString()
    default:
      return "an address of IPv6"
  }
}
