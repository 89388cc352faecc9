import { createServer, type Server } from "node:net"
import { HttpRequest } from "@smithy/core/protocols"
import { afterEach, expect, test, vi } from "vitest"
import { answerMayPass, answerOf, describeAnswer } from "../../../src/adapters/aws/answer.ts"
import { RequestHandler } from "../../../src/adapters/aws/http.ts"

let proxy: Server
afterEach(() => {
  proxy.close()
  vi.unstubAllEnvs()
})

/** Lets requests go through a proxy that answers `CONNECT` by itself. */
async function answering(status: number): Promise<void> {
  proxy = createServer((socket) => {
    socket.on("error", () => {})
    socket.once("data", () => socket.end(`HTTP/1.1 ${status} Is\r\ncontent-length: 2\r\n\r\n{}`))
  })
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve))
  const address = proxy.address()
  vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`)
  vi.stubEnv("NO_PROXY", "")
  vi.stubEnv("no_proxy", "")
}

test.each([
  [201, false],
  [302, false],
  [403, false],
  [407, false],
  [503, true],
])("what a proxy itself answers is not AWS's answer: %i, which passes: %s", async (status, passes) => {
  await answering(status)
  const request = new HttpRequest({ protocol: "https:", hostname: "kms.example.invalid", method: "POST" })
  const thrown: unknown = await new RequestHandler().handle(request).catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(Error)
  expect(describeAnswer(answerOf(thrown))).toBe(`the proxy answered ${status}`)
  expect(answerMayPass(answerOf(thrown))).toBe(passes)
})
