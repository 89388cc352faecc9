import { execFile } from "node:child_process"
import { createServer, type Server, type Socket } from "node:net"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, expect, test } from "vitest"
import { freePort } from "../../fake/free-port.ts"

const bun = join(import.meta.dirname, "../../../node_modules/.bin/bun")
const servers: Server[] = []
afterAll(() => {
  for (const server of servers) server.close()
})

/** @param answer what a server does once it was sent something. @returns its address. */
async function serving(answer: (socket: Socket, asked: string) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => {})
    socket.once("data", (data) => answer(socket, data.toString()))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`
}

const head = (status: string, ...headers: string[]) =>
  ["HTTP/1.1 ", status, "\r\n", ...headers.map((line) => `${line}\r\n`), "\r\n"].join("")

test.each([
  ["Node", process.execPath],
  ["Bun", bun],
])("in %s an answer is read whole, and a failure has the system's code", async (_, executable) => {
  const asked: string[] = []
  const reset = (socket: Socket) => socket.resetAndDestroy()
  const addresses = [
    await serving((socket, text) => {
      asked.push(text)
      socket.end(`${head("200 OK", "Date: Mon, 30 Nov 2026 06:00:00 GMT", "Content-Length: 4")}{ü}`)
    }),
    await serving((socket) =>
      socket.end(`${head("400 Bad", "Transfer-Encoding: chunked")}1\r\n{\r\n1\r\n}\r\n0\r\n\r\n`),
    ),
    await serving((socket) =>
      socket.end(head("302 Found", "Location: http://127.0.0.1:1/", "Content-Length: 0")),
    ),
    await serving((socket) => socket.end(`${head("200 OK", "Content-Length: 70000")}${"x".repeat(70_000)}`)),
    await serving((socket) => socket.end(`${head("200 OK", "Content-Length: 4")}{`)),
    `${await serving((socket) => socket.write(`${head("200 OK", "Content-Length: 4")}{`))}late`,
    await serving(reset),
    `http://127.0.0.1:${await freePort()}/`,
    "http://kms.example.invalid/",
  ]
  const probe = join(import.meta.dirname, "direct-probe.ts")
  const { stdout } = await promisify(execFile)(executable, [probe, ...addresses], { env: {} })
  const outcomes: readonly Record<string, unknown>[] = JSON.parse(stdout)
  expect(outcomes.slice(0, 8)).toMatchObject([
    { status: 200, date: "Mon, 30 Nov 2026 06:00:00 GMT", body: "{ü}" },
    { status: 400, body: "{}" },
    { status: 302, body: "" },
    { name: "Error", code: null, message: "its answer is too long" },
    { name: "Error", code: "ECONNRESET" },
    { name: "TimeoutError", code: null },
    { name: "Error", code: "ECONNRESET" },
    { name: "Error", code: "ECONNREFUSED" },
  ])
  expect(outcomes[8]?.["code"]).toMatch(/^(?:ENOTFOUND|EAI_AGAIN)$/)
  expect(asked).toHaveLength(1)
  expect(asked[0]).toMatch(/^POST \/ HTTP\/1\.1\r\n/)
  expect(asked[0]).toMatch(/\r\ncontent-length: 4\r\n/i)
  expect(asked[0]).toMatch(/\r\nx-a: b\r\n/i)
})

test("Bun prints nothing of a request, also where a variable asks for it", async () => {
  const address = await serving((socket) => socket.end(`${head("200 OK", "Content-Length: 2")}{}`))
  const probe = join(import.meta.dirname, "direct-probe.ts")
  const env = { BUN_CONFIG_VERBOSE_FETCH: "curl" }
  const { stdout, stderr } = await promisify(execFile)(bun, [probe, address], { env })
  expect(JSON.parse(stdout)).toMatchObject([{ status: 200, body: "{}" }])
  expect(stderr).toBe("")
})

test.each([
  ["Node", process.execPath],
  ["Bun", bun],
])("in %s no proxy is asked, whichever variable names one", async (_, executable) => {
  let proxied = 0
  const proxy = await serving((socket) => {
    proxied += 1
    socket.end(head("502 Bad Gateway", "Content-Length: 0"))
  })
  const address = await serving((socket) => socket.end(`${head("200 OK", "Content-Length: 2")}{}`))
  const probe = join(import.meta.dirname, "direct-probe.ts")
  for (const name of ["HTTP_PROXY", "http_proxy"]) {
    const { stdout } = await promisify(execFile)(executable, [probe, address], { env: { [name]: proxy } })
    expect(JSON.parse(stdout)).toMatchObject([{ status: 200, body: "{}" }])
  }
  expect(proxied).toBe(0)
})
