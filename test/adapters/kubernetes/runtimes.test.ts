import { connect, createServer, type Server } from "node:net"
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { Authority } from "../../fake/kubernetes/certificate.ts"
import { deployment, type FakeKubernetes, startFakeKubernetes } from "../../fake/kubernetes/client.ts"
import { FakeSocks } from "../../fake/socks.ts"
import { everyRuntime, type RunOptions, type Sandbox, sandbox } from "../../script/harness.ts"
import type { Question, Reply } from "./ask.ts"

const program = join(import.meta.dirname, "ask.ts")
const stranger = new Authority()

let fake: FakeKubernetes
/** Its certificate is not made out to where it can be reached. */
let named: FakeKubernetes
let proxy: Server
let proxyUrl = ""
let tunnels = 0

beforeAll(async () => {
  const pace = { podStartMs: 20, secondMs: 10 }
  fake = await startFakeKubernetes({ pace })
  named = await startFakeKubernetes({ serverNames: ["kubernetes.default"] })
  await fake.deploy(deployment("web", { image: "shop:1" }))
  proxy = createServer((socket) => {
    socket.on("error", () => {})
    socket.once("data", (head) => {
      tunnels += 1
      const [, host = "", port = ""] = /^CONNECT (\S+):(\d+) /.exec(head.toString()) ?? []
      const tunnel = connect(Number(port), host, () => socket.write("HTTP/1.1 200 OK\r\n\r\n"))
      tunnel.on("error", () => socket.destroy())
      socket.pipe(tunnel).pipe(socket)
    })
  })
  proxyUrl = await listening(proxy)
})
afterEach(async () => {
  tunnels = 0
  await fake.clearRequests()
  await named.clearRequests()
})
afterAll(async () => {
  proxy.close()
  await Promise.all([fake.stop(), named.stop()])
})

/** The URL of a proxy that begins to listen. */
async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`
}

const accessTo = (server: FakeKubernetes, more: Partial<Question["access"]> = {}) => ({
  server: server.url,
  ca: server.ca,
  tlsServerName: null,
  insecure: false,
  proxy: null,
  ...more,
})

describe.each(everyRuntime.filter(({ runtime }) => runtime !== "the binary"))(
  "under $runtime",
  ({ executable }) => {
    async function ask(
      question: Question,
      options: RunOptions = {},
      box: Sandbox = sandbox(),
    ): Promise<Reply> {
      const run = await box.run(executable, [program], { ...options, stdin: JSON.stringify(question) })
      if (run.status !== 0) throw new Error(run.stderr)
      return JSON.parse(run.stdout.trim().split("\n").at(-1) ?? "")
    }

    test.each(["token", "token-file", "certificate", "certificate-files", "exec"] as const)(
      "the client is who its kubeconfig says, by %s",
      async (way) => {
        const box = sandbox()
        const kubeconfig = await fake.kubeconfig(box.folder, "admin", way)
        expect(await ask({ kubeconfig }, {}, box)).toEqual({ value: "admin" })
      },
    )

    test.each([
      ["", false, {}],
      [", also when NODE_TLS_REJECT_UNAUTHORIZED is 0", false, { NODE_TLS_REJECT_UNAUTHORIZED: "0" }],
      [", also through a proxy", true, { NODE_TLS_REJECT_UNAUTHORIZED: "0" }],
    ])("a certificate of another authority is not the cluster's%s", async (_, byProxy, env) => {
      const access = accessTo(fake, { ca: stranger.certificate, proxy: byProxy ? proxyUrl : null })
      const reply = await ask({ access, credential: { token: await fake.token("admin") } }, { env })
      expect(reply).toMatchObject({ code: "REMOTE_FAILED" })
      expect(reply).toHaveProperty("message", expect.stringContaining("its certificate is not trusted"))
      expect(await fake.requests()).toEqual([])
    })

    test("any certificate is taken only where the kubeconfig says so", async () => {
      const access = accessTo(fake, { ca: null, insecure: true })
      expect(await ask({ access, credential: { token: await fake.token("admin") } })).toEqual({
        value: "admin",
      })
    })

    test.each([
      ["directly", false],
      ["through a proxy", true],
    ])(
      "a certificate made out to another name is taken for tls-server-name alone, %s",
      async (_, byProxy) => {
        const access = accessTo(named, { proxy: byProxy ? proxyUrl : null })
        const credential = { token: await named.token("admin") }
        expect(await ask({ access, credential })).toHaveProperty(
          "message",
          expect.stringContaining("its certificate is made out to another name"),
        )
        expect(await named.requests()).toEqual([])
        const right = { ...access, tlsServerName: "kubernetes.default" }
        expect(await ask({ access: right, credential })).toEqual({ value: "admin" })
        expect(tunnels).toBe(byProxy ? 2 : 0)
      },
    )

    test("a client certificate goes through a proxy, to a server that is an address", async () => {
      const credential = await fake.certificate("admin")
      expect(await ask({ access: accessTo(fake, { proxy: proxyUrl }), credential })).toEqual({
        value: "admin",
      })
      expect(tunnels).toBe(1)
    })

    test.each([
      ["the kubeconfig", (url: string) => ({ proxy: url, env: {} })],
      ["ALL_PROXY", (url: string) => ({ proxy: null, env: { ALL_PROXY: url } })],
    ])("a cluster that only a SOCKS proxy finds is reached by %s, and watched", async (_, by) => {
      await using socks = await FakeSocks.start()
      // Another test of the same cluster leaves another image.
      await fake.setImage("deployments", "web", "shop:1")
      const { proxy, env } = by(`socks5://127.0.0.1:${socks.port}`)
      const server = `https://cluster.invalid:${new URL(fake.url).port}`
      const access = accessTo(fake, { server, tlsServerName: "localhost", proxy })
      const question = { access, credential: { token: await fake.token("admin") } }
      expect(await ask({ ...question, untilImage: "shop:1" }, { env })).toEqual({ value: "shop:1" })
      const stranger = { ...question, access: { ...access, tlsServerName: null } }
      expect(await ask(stranger, { env })).toHaveProperty(
        "message",
        expect.stringContaining("its certificate is made out to another name"),
      )
      expect(new Set(socks.asked)).toEqual(new Set([new URL(server).host]))
    })

    test("a proxy of the environment is not asked for this machine", async () => {
      const credential = { token: await fake.token("admin") }
      const env = { HTTPS_PROXY: "http://127.0.0.1:1" }
      expect(await ask({ access: accessTo(fake), credential }, { env })).toEqual({ value: "admin" })
    })

    test("a proxy of the environment is asked for others, and one that hangs up is told", async () => {
      const access = { ...accessTo(fake), server: "https://cluster.invalid:6443" }
      const question = { access, credential: { token: "t" } }
      expect(await ask(question, { env: { HTTPS_PROXY: proxyUrl } })).toMatchObject({
        code: "REMOTE_FAILED",
        message: expect.stringMatching(/connection reset$/),
      })
      expect(tunnels).toBeGreaterThan(0)
    })

    test.each([
      ["whose address is none", "http://me:hunter2@proxy:port"],
      ["of another kind", "ftp://me:hunter2@proxy:1080"],
    ])("a proxy of the environment %s is refused at once, without repeating it", async (_, proxy) => {
      const access = { ...accessTo(fake), server: "https://cluster.invalid:6443" }
      const env = { HTTPS_PROXY: proxy }
      const reply = await ask({ access, credential: { token: "t" } }, { env })
      expect(reply).toMatchObject({ code: "USAGE" })
      expect(JSON.stringify(reply)).not.toContain("hunter2")
    })

    test.each([
      ["a success", 201, { status: { userInfo: { username: "somebody" } } }],
      ["a refusal", 403, { kind: "Status", reason: "Forbidden", message: "forged" }],
    ])("what a proxy itself answers is not the server's: %s", async (_, status, body) => {
      const text = JSON.stringify(body)
      const forger = createServer((socket) => {
        socket.on("error", () => {})
        socket.once("data", () =>
          socket.end(`HTTP/1.1 ${status} Is\r\ncontent-length: ${text.length}\r\n\r\n${text}`),
        )
      })
      const proxy = await listening(forger)
      const question = { access: accessTo(fake, { proxy }), credential: { token: "t" } }
      expect(await ask(question)).toMatchObject({
        code: "REMOTE_FAILED",
        message: expect.stringMatching(new RegExp(`: the proxy answered ${status}$`)),
      })
      forger.close()
      expect(await fake.requests()).toEqual([])
    })

    test("a key of another certificate is told", async () => {
      const { certificate } = await fake.certificate("admin")
      const { key } = stranger.issue({ user: "admin", groups: [] })
      expect(await ask({ access: accessTo(fake), credential: { certificate, key } })).toMatchObject({
        code: "REMOTE_FAILED",
        message: expect.stringMatching(/^no connection to /),
      })
    })

    test("a server that is not there is told in time", async () => {
      const access = { ...accessTo(fake), server: "https://127.0.0.1:1" }
      expect(await ask({ access, credential: { token: "t" } })).toMatchObject({
        code: "REMOTE_FAILED",
        message: expect.stringMatching(/connection refused$/),
      })
    })

    test("a rollout is watched through connections that break", async () => {
      const image = `shop:${Math.random()}`
      const box = sandbox()
      const kubeconfig = await fake.kubeconfig(box.folder, "admin", "exec")
      const reply = ask(
        { kubeconfig, untilImage: image },
        { watch: (child) => child.stdout?.once("data", change) },
        box,
      )
      let changed = Promise.resolve()
      function change(): void {
        changed = fake.dropWatches("reset").then(() => fake.setImage("deployments", "web", image))
      }
      expect(await reply).toEqual({ value: image })
      await changed
    })
  },
)
