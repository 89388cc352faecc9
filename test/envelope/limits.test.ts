import { describe, expect, test, vi } from "vitest"
import { EnvsealError, type ErrorCode } from "../../src/core/error.ts"
import { encodeBase64 } from "../../src/envelope/base64.ts"
import { generateIdentity } from "../../src/envelope/identity.ts"
import { readAgeFile, readEnvelope, unwrapFileKey } from "../../src/envelope/open.ts"
import { parseRecipient } from "../../src/envelope/recipient.ts"
import { failureOf } from "../fake/failure.ts"
import { FakeKeyService, keyArn } from "../fake/key-service.ts"
import { alice, quinn } from "../fake/keys.ts"
import { sealed } from "../fake/sealed.ts"

const claims = (recipients: readonly string[]) =>
  JSON.stringify({
    context: { app: "shop" },
    provenance: { envseal: "0.1.0", names: 1, sealedAt: "2026-01-02T03:04:05.678Z", sources: [] },
    recipients,
  })

function body(bytes: Uint8Array): string {
  const lines = encodeBase64(bytes).match(/.{1,64}/g) ?? []
  return `${[...lines, ...(lines.at(-1)?.length === 64 ? [""] : [])].join("\n")}\n`
}

/** An envelope as anyone can write it: of the right shape, with a MAC that nothing matches. */
function forged(stanzas: string, recipients: readonly string[] = []): Uint8Array {
  const context = `-> envseal/context v1\n${body(Buffer.from(claims(recipients)))}`
  const mac = `--- ${encodeBase64(new Uint8Array(32))}\n`
  return Buffer.concat([Buffer.from(`age-encryption.org/v1\n${context}${stanzas}${mac}`), new Uint8Array(64)])
}

function codeOf(bytes: Uint8Array): ErrorCode | "read" {
  try {
    readEnvelope(bytes, "it")
    return "read"
  } catch (error) {
    if (error instanceof EnvsealError) return error.code
    throw error
  }
}

/** The u-coordinate 9 (RFC 7748, section 6.1): any point with which keys agree. */
const basePoint = new Uint8Array(32).fill(9, 0, 1)

const x25519 = `-> X25519 ${encodeBase64(new Uint8Array(32))}\n${body(new Uint8Array(32))}`
const postQuantum = `-> mlkem768x25519 ${encodeBase64(new Uint8Array(1120))}\n${body(new Uint8Array(32))}`
const kms = (arn: string) => `-> envseal/aws-kms ${arn}\n${body(new Uint8Array(100))}`
const arn = (at: number) => keyArn(`aaaaaaaa-0000-4000-8000-${String(at).padStart(12, "0")}`)
const arns = (n: number) => Array.from({ length: n }, (_, at) => arn(at))
const forKeys = (keys: readonly string[]) =>
  forged(
    keys.map(kms).join(""),
    keys.map((key) => `aws-kms:${key}`),
  )

describe("a header", () => {
  test.each([
    ["256 X25519 stanzas", forged(x25519.repeat(256)), "read"],
    ["257 X25519 stanzas", forged(x25519.repeat(257)), "TOO_MANY_STANZAS"],
    ["32 post-quantum stanzas", forged(postQuantum.repeat(32)), "read"],
    ["33 post-quantum stanzas", forged(postQuantum.repeat(33)), "TOO_MANY_STANZAS"],
    ["2,000 post-quantum stanzas", forged(postQuantum.repeat(2000)), "TOO_MANY_STANZAS"],
    ["64 KMS keys", forKeys(arns(64)), "read"],
    ["65 KMS keys", forKeys(arns(65)), "TOO_MANY_STANZAS"],
    ["one KMS key twice", forKeys([arn(0), arn(0)]), "TOO_MANY_STANZAS"],
    ["3,000 stanzas of one KMS key", forKeys(Array(3000).fill(arn(0))), "TOO_MANY_STANZAS"],
    ["1,024 stanzas with the context", forged("-> x\n\n".repeat(1023)), "read"],
    ["1,025 stanzas with the context", forged("-> x\n\n".repeat(1024)), "TOO_MANY_STANZAS"],
    ["two million empty stanzas", forged("-> x\n\n".repeat(2_000_000)), "TOO_MANY_STANZAS"],
    ["a stanza of a mebibyte", forged(`-> x\n${body(new Uint8Array(1_048_576))}`), "HEADER_TOO_LARGE"],
    ["an argument of a mebibyte", forged(`-> x ${"a".repeat(1_048_576)}\n\n`), "HEADER_TOO_LARGE"],
    ["a mebibyte of arguments", forged(`-> x${" a".repeat(524_288)}\n\n`), "HEADER_TOO_LARGE"],
    ["no line end", Buffer.from(`age-encryption.org/${"v".repeat(2_000_000)}`), "HEADER_TOO_LARGE"],
    ["recipients of a mebibyte", forged("", ["a".repeat(1_048_576)]), "HEADER_TOO_LARGE"],
    ["a context that nests 100,000 deep", nested(100_000), "CONTEXT_MALFORMED"],
  ] as const)("with %s ends as %3$s", (_, bytes, code) => {
    expect(codeOf(bytes)).toBe(code)
  })

  test("of 1 MiB is read, and one of a byte more is not", () => {
    // What is left over goes into an argument, whose every byte counts.
    const rest = 1_048_576 - headerBytes(forged("-> x \n\n"))
    expect(codeOf(forged(`-> x ${"a".repeat(rest)}\n\n`))).toBe("read")
    expect(codeOf(forged(`-> x ${"a".repeat(rest + 1)}\n\n`))).toBe("HEADER_TOO_LARGE")
  })

  test("names its file and no part of itself when it has too many stanzas", () => {
    expect(() => readAgeFile(forged("-> secret\n\n".repeat(1024)), "it")).toThrow(
      "the header of it has more than 1024 stanzas",
    )
  })
})

test("signals and the deadline are heard between post-quantum identities, whatever the header", async () => {
  const file = readAgeFile(await sealed({ recipients: [quinn.recipient] }), "it")
  const stranger = await generateIdentity({ postQuantum: true })
  let heard = 0
  const listen = () => {
    heard++
    listener = setImmediate(listen)
  }
  let listener = setImmediate(listen)
  const failure = await failureOf(() => unwrapFileKey(file, Array(3).fill(stranger)))
  clearImmediate(listener)
  expect(failure.code).toBe("NO_MATCH")
  expect(heard).toBeGreaterThanOrEqual(2)
})

function headerBytes(file: Uint8Array): number {
  return file.length - 64
}

function nested(depth: number): Uint8Array {
  const context = `-> envseal/context v1\n${body(Buffer.from("[".repeat(depth) + "]".repeat(depth)))}`
  return Buffer.concat([
    Buffer.from(`age-encryption.org/v1\n${context}--- ${encodeBase64(new Uint8Array(32))}\n`),
    new Uint8Array(64),
  ])
}

describe("sealing", () => {
  test.each([
    ["X25519", 256, alice.recipient],
    ["mlkem768x25519", 32, quinn.recipient],
    ["envseal/aws-kms", 64, parseRecipient(`aws-kms:${arn(0)}`, "test")],
  ])(
    "for more %s recipients than any reader takes is refused before KMS is asked",
    async (type, limit, one) => {
      const keyService = new FakeKeyService()
      const failure = await failureOf(() => sealed({ recipients: Array(limit + 1).fill(one) }, keyService))
      expect(failure.code).toBe("USAGE")
      expect(failure.message).toBe(`more than ${limit} recipients are of the type ${type}`)
      expect(keyService.log).toEqual([])
    },
  )

  test("for as many recipients as a reader takes gives a file that reads", async () => {
    const file = await sealed({ recipients: [...Array(31).fill(quinn.recipient), alice.recipient] })
    expect(readEnvelope(file, "it").stanzas).toHaveLength(33)
  })
})

test("with many stanzas and identities, signals and deadlines are heard after every few agreements", async () => {
  const foreign = `-> X25519 ${encodeBase64(basePoint)}\n${body(new Uint8Array(32))}`
  const file = readAgeFile(forged(foreign.repeat(256)), "it")
  const identities = await Promise.all([1, 2, 3].map(() => generateIdentity({ postQuantum: false })))
  const crypto = process.getBuiltinModule("node:crypto")
  const agree = vi.spyOn(crypto, "diffieHellman")
  let [before, most] = [0, 0]
  const count = () => {
    most = Math.max(most, agree.mock.calls.length - before)
    before = agree.mock.calls.length
    next = setImmediate(count)
  }
  let next = setImmediate(count)
  const { code } = await failureOf(() => unwrapFileKey(file, identities))
  clearImmediate(next)
  most = Math.max(most, agree.mock.calls.length - before)
  expect(code).toBe("NO_MATCH")
  // Each identity's public half comes from one more.
  expect(agree.mock.calls.length).toBe(identities.length * (256 + 1))
  expect(most).toBeLessThanOrEqual(17)
  agree.mockRestore()
})
