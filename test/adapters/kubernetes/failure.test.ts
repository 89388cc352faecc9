import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { isDenied, isRefusal, isUnmatchedPatch, serverError } from "../../../src/adapters/kubernetes/error.ts"
import {
  describeFailure,
  failureMayPass,
  isExpired,
  NetworkFailure,
} from "../../../src/adapters/kubernetes/failure.ts"
import { failureOfAnswer, failureOfEvent } from "../../../src/adapters/kubernetes/status.ts"

const access = {
  name: "shop",
  server: "https://127.0.0.1:6443",
  ca: null,
  tlsServerName: null,
  insecure: false,
  proxy: null,
  credential: async () => ({}),
}
const right = { verb: "patch", group: "apps", resource: "deployments", name: "web" } as const

function answer(code: number, reason: string, message: string, details?: object): NetworkFailure {
  return failureOfAnswer(code, undefined, JSON.stringify({ kind: "Status", code, reason, message, details }))
}

describe("a Status", () => {
  const denied = answer(403, "Forbidden", 'User "me" cannot patch resource "deployments" in API group "apps"')
  const quota = answer(403, "Forbidden", 'pods "x" is forbidden: exceeded quota: few', { name: "x" })
  const webhook = answer(400, "BadRequest", 'admission webhook "a.b" denied the request: no')
  const invalid = answer(422, "Invalid", 'Deployment.apps "web" is invalid', { name: "web", causes: [] })
  const unmatched = answer(
    422,
    "Invalid",
    "the server rejected our request due to an error in our request",
    {},
  )

  test("tells a missing right from a change that is refused", () => {
    expect([denied, quota, webhook, invalid].map(isDenied)).toEqual([true, false, false, false])
    expect([denied, quota, webhook, invalid].map(isRefusal)).toEqual([false, true, true, true])
  })

  test("of a webhook that answers 422 is a change that is refused, not one that does not match", () => {
    const message = 'admission webhook "a.b" denied the request: only signed images'
    for (const reason of ["Invalid", ""]) {
      const refusal = answer(422, reason, message)
      expect([isUnmatchedPatch(refusal), isRefusal(refusal)]).toEqual([false, true])
    }
  })

  test("tells a patch that does not match from an object that is not valid", () => {
    expect([unmatched, answer(409, "Conflict", "modified"), invalid, quota].map(isUnmatchedPatch)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  test("tells how long to wait, and the header goes first", () => {
    const text = JSON.stringify({ kind: "Status", details: { retryAfterSeconds: 2 } })
    expect(failureOfAnswer(429, undefined, text).retryAfterMs).toBe(2_000)
    expect(failureOfAnswer(429, "1", text).retryAfterMs).toBe(1_000)
    expect(failureOfAnswer(429, "soon", "").retryAfterMs).toBeNull()
  })

  test("of a watch has its code in itself", () => {
    expect(isExpired(failureOfEvent({ kind: "Status", code: 410, reason: "Expired" }))).toBe(true)
    expect(failureOfEvent("garbage").status).toBe(500)
  })

  test("that some proxy made is not quoted", () => {
    const error = serverError(failureOfAnswer(502, undefined, "<html>hunter2</html>"), right, access)
    expect(error.message).toMatch(/did not do patch of deployments\/web: status 502$/)
  })

  test("about an object of a strange name cannot do anything to a terminal", () => {
    const strange = { ...right, resource: "pods/log", name: "\u001b[2Jweb\u009b1A" }
    const error = serverError(answer(500, "InternalError", "x"), strange, access)
    expect(error.message).toContain("pods/log/\\u{1b}[2Jweb\\u{9b}1A")
  })

  test("is quoted so that it cannot do anything to a terminal, and not without end", () => {
    const error = serverError(answer(500, "InternalError", `\u001b[2Jx\n${"y".repeat(1_000)}`), right, access)
    expect(error.message).not.toMatch(/[\u001b\n]/)
    expect(error.message.length).toBeLessThan(600)
  })

  test("of any text is a failure of its HTTP status", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => `{"kind":"Status","details":${json}}`),
        ),
        (text) => {
          expect(failureOfAnswer(503, undefined, text)).toMatchObject({ status: 503 })
        },
      ),
    )
  })
})

describe("what befalls a request on its way", () => {
  test.each([
    ["ECONNREFUSED", true, "connection refused"],
    ["ENOTFOUND", true, "its name is not known to DNS"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", false, "its certificate is not trusted"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", false, "its certificate is made out to another name"],
    ["ERR_OSSL_X509_KEY_VALUES_MISMATCH", false, "ERR_OSSL_X509_KEY_VALUES_MISMATCH"],
    ["ANSWER_TOO_LARGE", false, "its answer is too large"],
  ])("by %s may pass: %s", (code, passes, words) => {
    const failure = new NetworkFailure("", { code })
    expect(failureMayPass(failure)).toBe(passes)
    expect(describeFailure(failure)).toBe(words)
  })

  test.each([
    [408, true],
    [429, true],
    [500, true],
    [504, true],
    [400, false],
    [404, false],
    [422, false],
  ])("by status %i may pass: %s", (status, passes) => {
    expect(failureMayPass(new NetworkFailure("", { status }))).toBe(passes)
  })
})
