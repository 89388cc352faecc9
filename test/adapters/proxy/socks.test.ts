import { createServer as createPlainServer, get as getPlain, type RequestOptions } from "node:http"
import { createServer, get } from "node:https"
import type { AddressInfo } from "node:net"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { answerMayPass, answerOf, describeAnswer } from "../../../src/adapters/aws/answer.ts"
import {
  describeFailure,
  failureMayPass,
  failureOfConnection,
} from "../../../src/adapters/kubernetes/failure.ts"
import { plainProxyAgent, secureProxyAgent } from "../../../src/adapters/proxy/agent.ts"
import { Authority } from "../../fake/kubernetes/certificate.ts"
import { FakeSocks } from "../../fake/socks.ts"

const authority = new Authority()
const { certificate, key } = authority.issue({ serverNames: ["cluster.invalid"] })
const secure = createServer({ cert: certificate, key }, (_, answer) => answer.end("secure"))
const plain = createPlainServer((_, answer) => answer.end("plain"))

let socks: FakeSocks
const ports = { secure: 0, plain: 0 }
beforeAll(async () => {
  for (const server of [secure, plain]) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  }
  ports.secure = (secure.address() as AddressInfo).port
  ports.plain = (plain.address() as AddressInfo).port
  socks = await FakeSocks.start()
})
afterEach(() => {
  socks.asked.length = 0
  socks.play = {}
})
afterAll(async () => {
  secure.close()
  plain.close()
  await socks.stop()
})

const address = (scheme: string, login = "") => `${scheme}://${login}127.0.0.1:${socks.port}`

/** The body of the answer. @throws what the request failed by */
function ask(url: string, options: RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = (url.startsWith("https:") ? get : getPlain)(url, options, (answer) => {
      answer.on("data", (chunk) => resolve(String(chunk)))
    })
    request.on("error", reject)
  })
}

async function askSecurely(proxy: string, ca: string, host = "cluster.invalid"): Promise<string> {
  const agent = await secureProxyAgent(proxy, { ca }, host)
  return ask(`https://${host}:${ports.secure}/`, { agent })
}

const failing = (asking: Promise<unknown>): Promise<Error> =>
  asking.then(
    () => {
      throw new Error("it was answered")
    },
    (error: Error) => error,
  )

describe("a SOCKS proxy", () => {
  test.each(["socks5", "socks5h", "socks", "SOCKS5"])(
    "at %s:// is asked for the name itself",
    async (scheme) => {
      expect(await askSecurely(address(scheme), authority.certificate)).toBe("secure")
      expect(socks.asked).toEqual([`cluster.invalid:${ports.secure}`])
    },
  )

  test("leads to a server without TLS too", async () => {
    const agent = await plainProxyAgent(address("socks5"), "aws.invalid")
    expect(await ask(`http://aws.invalid:${ports.plain}/`, { agent })).toBe("plain")
    expect(socks.asked).toEqual([`aws.invalid:${ports.plain}`])
  })

  test("is logged in to with the user and the password of its URL", async () => {
    socks.play = { login: { user: "me", password: "p@ss" } }
    expect(await askSecurely(address("socks5", "me:p%40ss@"), authority.certificate)).toBe("secure")
  })

  test.each([
    [
      "a certificate of another authority",
      new Authority().certificate,
      "cluster.invalid",
      "CERT_SIGNATURE_FAILURE",
    ],
    ["a certificate of another name", authority.certificate, "other.invalid", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ])("does not make %s the server's", async (_, ca, host, code) => {
    expect(await failing(askSecurely(address("socks5"), ca, host))).toMatchObject({ code })
  })
})

describe("a SOCKS proxy that does not connect", () => {
  test.each([
    [{ refusal: 1 }, "the proxy failed to connect", true],
    [{ refusal: 2 }, "the proxy does not allow the connection", false],
    [{ refusal: 3 }, "the proxy has no route to its network", true],
    [{ refusal: 4 }, "the proxy does not find it", true],
    [{ refusal: 5 }, "the proxy says: connection refused", true],
    [{ refusal: 6 }, "the proxy got no answer in time", true],
    [{ refusal: 7 }, "the proxy connects to nothing", false],
    [{ refusal: 8 }, "the proxy does not take such an address", false],
    [{ refusal: 99 }, "the proxy failed to connect", true],
    [{ login: { user: "you", password: "x" } }, "the proxy refused the login", false],
    [{ greeting: "hang up" }, "the proxy cannot be reached: connection reset", true],
    [{ greeting: "http" }, "the proxy does not speak SOCKS", false],
  ] as const)("as with %j is reported as: %s", async (play, words, passes) => {
    socks.play = play
    const error = await failing(askSecurely(address("socks5", "me:hunter2@"), authority.certificate))
    const failure = failureOfConnection(error)
    expect([describeFailure(failure), failureMayPass(failure)]).toEqual([words, passes])
    expect([describeAnswer(answerOf(error)), answerMayPass(answerOf(error))]).toEqual([words, passes])
    expect(JSON.stringify([error, error.cause, error.message, Object.values(error)])).not.toContain("hunter2")
  })

  test.each([
    ["127.0.0.1", /^the proxy cannot be reached: connection refused$/],
    // Of several addresses that all refuse, Node names none.
    ["localhost", /^the proxy cannot be reached/],
    ["[::1]", /^the proxy cannot be reached/],
  ])("since nothing is at %s is reported as that", async (host, words) => {
    const error = await failing(askSecurely(`socks5://${host}:1`, authority.certificate))
    expect(describeFailure(failureOfConnection(error))).toMatch(words)
    expect(failureMayPass(failureOfConnection(error))).toBe(true)
  })
})

test.each([() => secureProxyAgent("ftp://me:hunter2@proxy", {}, "x"), () => plainProxyAgent("hunter2", "x")])(
  "a proxy of an unknown kind is refused without its address",
  async (make) => {
    const error = await failing(make())
    expect(error).toMatchObject({ code: "USAGE" })
    expect(JSON.stringify([error.message, error])).not.toContain("hunter2")
  },
)
