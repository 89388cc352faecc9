import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { createServer, type Server } from "node:https"
import { connect, createServer as createTcpServer, type Server as TcpServer } from "node:net"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { FakeSocks } from "../../fake/socks.ts"
import { openArgs, type Production, sealProduction, startProduction } from "./production.ts"

let production: Production
let server: Server
let proxy: TcpServer
let port = 0
let proxyPort = 0
let socks: FakeSocks
let requests = 0

/** The port of a server that begins to listen. */
async function listen(on: Server | TcpServer): Promise<number> {
  await new Promise<void>((resolve) => on.listen(0, "127.0.0.1", resolve))
  const address = on.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

beforeAll(async () => {
  production = await startProduction()
  await sealProduction(production)
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => production.box.path(name))
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
  const args = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-days",
    "2",
  ]
  execFileSync("openssl", [...args, ...subject, "-keyout", key ?? "", "-out", cert ?? ""], {
    stdio: "ignore",
  })
  server = createServer({ key: readFileSync(key ?? ""), cert: readFileSync(cert ?? "") }, (_, response) => {
    requests += 1
    response.writeHead(400, { "content-type": "application/x-amz-json-1.1" })
    response.end('{"__type":"DisabledException","message":"by a stranger"}')
  })
  port = await listen(server)
  // Tunnels every CONNECT to the server above.
  proxy = createTcpServer((socket) => {
    socket.once("data", () => {
      const tunnel = connect(port, "127.0.0.1", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"))
      socket.pipe(tunnel).pipe(socket)
      tunnel.on("error", () => socket.destroy())
    })
    socket.on("error", () => {})
  })
  proxyPort = await listen(proxy)
  socks = await FakeSocks.start()
})
afterAll(async () => {
  server.close()
  proxy.close()
  await socks.stop()
  await production.aws.stop()
})
beforeEach(() => {
  requests = 0
})

function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...production.as("pod"), AWS_ENDPOINT_URL_KMS: `https://127.0.0.1:${port}`, ...more }
}

test.each([
  ["", {}],
  [", also when NODE_TLS_REJECT_UNAUTHORIZED is 0", { NODE_TLS_REJECT_UNAUTHORIZED: "0" }],
])("a certificate that nobody vouches for is not KMS's%s", async (_, more) => {
  const run = await production.box.envseal([...openArgs, "--timeout", "60s"], { env: environment(more) })
  expect(run).toMatchObject({ status: 7, stdout: "" })
  expect(run.stderr).toContain("certificate is not trusted")
  expect(requests).toBe(0)
})

test.each([
  ["an HTTP proxy", () => ({ HTTPS_PROXY: `http://127.0.0.1:${proxyPort}` })],
  ["a SOCKS proxy", () => ({ ALL_PROXY: `socks5://127.0.0.1:${socks.port}` })],
])("nor is it through %s, with NODE_TLS_REJECT_UNAUTHORIZED", async (_, variables) => {
  const env = environment({ ...variables(), NODE_TLS_REJECT_UNAUTHORIZED: "0" })
  const run = await production.box.envseal([...openArgs, "--timeout", "60s"], { env })
  expect(run).toMatchObject({ status: 7, stdout: "" })
  expect(run.stderr).toContain("certificate is not trusted")
  expect(requests).toBe(0)
})

test("a certificate authority in NODE_EXTRA_CA_CERTS is trusted", async () => {
  const env = environment({ NODE_EXTRA_CA_CERTS: production.box.path("cert.pem") })
  const run = await production.box.envseal([...openArgs, "--timeout", "60s"], { env })
  expect(run.stderr).toContain("is disabled")
  expect(requests).toBe(1)
})

test("KMS is reached by ALL_PROXY, where that is a SOCKS proxy", async () => {
  const url = `https://127.0.0.1:${port}`
  const all = { ALL_PROXY: `socks5://127.0.0.1:${socks.port}` }
  const env = environment({ ...all, NODE_EXTRA_CA_CERTS: production.box.path("cert.pem") })
  const run = await production.box.envseal([...openArgs, "--timeout", "60s"], { env })
  expect(run.stderr).toContain("is disabled")
  expect(socks.asked.at(-1)).toBe(new URL(url).host)
})
