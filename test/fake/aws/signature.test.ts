import { describe, expect, test } from "vitest"
import { canonicalRequest, type SignedRequest } from "./canonical-request.ts"
import { readAuthorization, verifySignature } from "./signature.ts"

// From the test suite that AWS publishes for Signature Version 4.
const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
const now = Date.parse("2015-08-30T12:36:00Z")
const scope = { service: "service", now }

interface Vector {
  readonly name: string
  readonly request?: Partial<SignedRequest>
  readonly signed?: string
  readonly signature: string
}

const vectors: readonly Vector[] = [
  { name: "get-vanilla", signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
  {
    name: "get-vanilla-query-order-key-case",
    request: { query: "Param2=value2&Param1=value1" },
    signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  },
  {
    name: "post-vanilla",
    request: { method: "POST" },
    signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
  },
  {
    name: "post-x-www-form-urlencoded",
    request: {
      method: "POST",
      headers: headers({ "content-type": "application/x-www-form-urlencoded" }),
      body: Buffer.from("Param1=value1"),
    },
    signed: "content-type;host;x-amz-date",
    signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
  },
]

function headers(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { host: "example.amazonaws.com", "x-amz-date": "20150830T123600Z", ...more }
}

function signed({
  request = {},
  signed: names = "host;x-amz-date",
  signature,
}: Omit<Vector, "name">): SignedRequest {
  const plain = {
    method: "GET",
    path: "/",
    query: "",
    headers: headers(),
    body: new Uint8Array(),
    ...request,
  }
  const authorization =
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " +
    `SignedHeaders=${names}, Signature=${signature}`
  return { ...plain, headers: { ...plain.headers, authorization } }
}

function verify(request: SignedRequest, options: Partial<typeof scope> = {}): void {
  verifySignature(request, readAuthorization(request.headers), secret, { ...scope, ...options })
}

const vanilla = signed(vectors[0] ?? { signature: "" })

test.each(vectors)("AWS's vector $name is genuine", (vector) => {
  expect(() => verify(signed(vector))).not.toThrow()
})

test("the canonical request of get-vanilla is AWS's, to the byte", () => {
  expect(canonicalRequest(vanilla, ["host", "x-amz-date"])).toBe(
    "GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n" +
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  )
})

test("a path is encoded once more, a query is sorted, and spaces of a header become one", () => {
  const request = { ...vanilla, path: "/a%20b/c~d", query: "b=%2F&a-=1&a", headers: { host: " x   y " } }
  expect(canonicalRequest(request, ["host"]).split("\n").slice(0, 4)).toEqual([
    ...["GET", "/a%2520b/c~d", "a=&a-=1&b=%2F", "host:x y"],
  ])
})

describe("a request is not genuine", () => {
  const changes: readonly [string, SignedRequest][] = [
    ["with another method", { ...vanilla, method: "POST" }],
    ["with another path", { ...vanilla, path: "/x" }],
    ["with another query", { ...vanilla, query: "a=b" }],
    ["with another body", { ...vanilla, body: Buffer.from("x") }],
    ["with another host", { ...vanilla, headers: { ...vanilla.headers, host: "evil.example" } }],
    ["with another signature", signed({ signature: "00".repeat(32) })],
  ]

  test.each(changes)("%s", (_, request) => {
    expect(() => verify(request)).toThrow(
      expect.objectContaining({ doubt: "mismatch", message: expect.stringContaining("does not match") }),
    )
  })

  test("under another secret key", () => {
    const authorization = readAuthorization(vanilla.headers)
    expect(() => verifySignature(vanilla, authorization, "other", scope)).toThrow("does not match")
  })

  test("for another service", () => {
    expect(() => verify(vanilla, { service: "kms" })).toThrow(
      "Credential should be scoped to correct service: 'kms'.",
    )
  })

  test("when host is not signed", () => {
    expect(() => verify(signed({ signed: "x-amz-date", signature: "00" }))).toThrow(
      "'host' must be a 'SignedHeader'",
    )
  })

  test.each(["x-amz-security-token", "x-amz-target", "content-type"])(
    "when %s is there and not signed",
    (name) => {
      const request = signed({ request: { headers: headers({ [name]: "x" }) }, signature: "00" })
      expect(() => verify(request)).toThrow(`'${name}' must be a 'SignedHeader'`)
    },
  )

  test("when a signed header is not there", () => {
    expect(() => verify(signed({ signed: "host;x-amz-date;x-amz-target", signature: "00" }))).toThrow(
      "signed headers",
    )
  })

  test("when the date of the scope is another", () => {
    const request = signed({
      request: { headers: headers({ "x-amz-date": "20150831T000000Z" }) },
      signature: "00",
    })
    expect(() => verify(request)).toThrow("'20150830' != '20150831', from '20150831T000000Z'.")
  })
})

describe("the age of a request", () => {
  const minutes = 60_000

  test.each([0, 5 * minutes, -5 * minutes])("may be off by %d ms", (skew) => {
    expect(() => verify(vanilla, { now: now + skew })).not.toThrow()
  })

  test("is told with both clocks when it is old", () => {
    expect(() => verify(vanilla, { now: now + 5 * minutes + 1000 })).toThrow(
      "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T124101Z - 5 min.)",
    )
  })

  test("is told with both clocks when it is from the future", () => {
    expect(() => verify(vanilla, { now: now - 5 * minutes - 1000 })).toThrow(
      "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T123059Z + 5 min.)",
    )
  })
})

test("a request without Authorization is missing its token", () => {
  expect(() => readAuthorization({})).toThrow(
    expect.objectContaining({ doubt: "missing", message: "Missing Authentication Token" }),
  )
})

test.each([
  "Basic dXNlcjpwYXNz",
  "AWS4-HMAC-SHA256 nothing",
  "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, Signature=00",
  "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/aws4_request, SignedHeaders=host, Signature=00",
  "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request/e, SignedHeaders=host, Signature=00",
])("the Authorization %j is incomplete", (authorization) => {
  expect(() => readAuthorization({ authorization })).toThrow(expect.objectContaining({ doubt: "incomplete" }))
})

test("a request without a date is incomplete", () => {
  const request = signed({ request: { headers: { host: "example.amazonaws.com" } }, signature: "00" })
  expect(() => verify(request)).toThrow(expect.objectContaining({ doubt: "incomplete" }))
})
