import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../src/core/error.ts"
import { parseRecipient, type Recipient } from "../../src/envelope/recipient.ts"
import { type Opened, open } from "../../src/open/run/open-envelope.ts"
import { failureOf } from "../fake/failure.ts"
import { FakeKeyService, keyArn } from "../fake/key-service.ts"
import { alice, bob } from "../fake/keys.ts"
import { type FakePorts, type FakeWorld, fakePorts } from "../fake/ports.ts"
import { context, sealed } from "../fake/sealed.ts"

const own = keyArn("aaaaaaaa-0000-4000-8000-000000000001")
const far = keyArn("bbbbbbbb-0000-4000-8000-000000000002", "us-east-1")
const foreign = keyArn("cccccccc-0000-4000-8000-000000000003")
const replicated = "mrk-0123456789abcdef0123456789abcdef"

function kms(...arns: string[]): Recipient[] {
  return arns.map((arn) => parseRecipient(`aws-kms:${arn}`, "test"))
}

const request = { in: ".env.sealed", expect: context, identities: [], kmsKeys: null }

interface Setting {
  readonly ports: FakePorts
  readonly keyService: FakeKeyService
}

async function setting(recipients: readonly Recipient[], world: FakeWorld = {}): Promise<Setting> {
  const keyService = new FakeKeyService()
  const envelope = await sealed({ recipients }, keyService)
  keyService.log.length = 0
  const environment = { AWS_REGION: "eu-west-1", ...world.environment }
  const files = { ".env.sealed": envelope, ...world.files }
  return { keyService, ports: fakePorts({ ...world, files, environment, keyService }) }
}

const aliceFile = { files: { "alice.txt": alice.line, "bob.txt": bob.line } }

function text(opened: Opened): string {
  return opened.text.reveal()
}

describe("open with a key service", () => {
  test("asks once, for the ARN in the envelope, under the expected context", async () => {
    const { ports, keyService } = await setting(kms(own))
    expect(text(await open({ ...request, kmsKeys: [own] }, ports))).toBe("APP_KEY=hunter2\n")
    expect(keyService.log).toEqual([{ operation: "unwrap", key: own, context }])
    expect(ports.warnings).toEqual([])
  })

  test("warns when no key is pinned, and names the key that the envelope chose", async () => {
    const { ports } = await setting(kms(own))
    await open(request, ports)
    expect(ports.warnings).toEqual([expect.stringContaining(own)])
  })

  test("is refused before any request when nothing is expected of an envelope that claims a context", async () => {
    const { ports, keyService } = await setting(kms(own))
    expect((await failureOf(() => open({ ...request, expect: null }, ports))).code).toBe("USAGE")
    expect(keyService.log).toEqual([])
  })

  test("is refused before any request when another context is expected", async () => {
    const { ports, keyService } = await setting(kms(own))
    const expected = { ...context, environment: "staging" }
    expect((await failureOf(() => open({ ...request, expect: expected }, ports))).code).toBe(
      "CONTEXT_MISMATCH",
    )
    expect(keyService.log).toEqual([])
  })

  test("is refused before any request when another key is pinned", async () => {
    const { ports, keyService } = await setting(kms(foreign))
    const { code, message } = await failureOf(() => open({ ...request, kmsKeys: [own] }, ports))
    expect(code).toBe("KEY_MISMATCH")
    expect(message).toContain(foreign)
    expect(message).toContain(own)
    expect(keyService.log).toEqual([])
  })

  test("asks only the pinned key of several", async () => {
    const { ports, keyService } = await setting(kms(foreign, own))
    await open({ ...request, kmsKeys: [own] }, ports)
    expect(keyService.log.map(({ key }) => key)).toEqual([own])
  })

  test("tries the key of its own Region first, wherever that stands in the header", async () => {
    const { ports, keyService } = await setting(kms(far, own))
    await open(request, ports)
    expect(keyService.log.map(({ key }) => key)).toEqual([own])
  })

  test("tries the next key when one cannot be had", async () => {
    const { ports, keyService } = await setting(kms(own, far))
    keyService.failures.set(own, new EnvsealError("REMOTE_FAILED", "KMS is down"))
    expect(text(await open(request, ports))).toBe("APP_KEY=hunter2\n")
    expect(keyService.log.map(({ key }) => key)).toEqual([own, far])
  })

  test("tells once what failed alike for every key", async () => {
    const { ports, keyService } = await setting(kms(own, far))
    for (const key of [own, far]) keyService.failures.set(key, new EnvsealError("NO_CREDENTIALS", "none"))
    expect(await failureOf(() => open(request, ports))).toMatchObject({ message: "none" })
  })

  test("uses a multi-Region key where the process is, also when another Region's ARN is pinned", async () => {
    const { ports, keyService } = await setting(kms(keyArn(replicated, "us-east-1")))
    const pin = keyArn(replicated, "ap-southeast-2")
    expect(text(await open({ ...request, kmsKeys: [pin] }, ports))).toBe("APP_KEY=hunter2\n")
    expect(keyService.log.map(({ key }) => key)).toEqual([keyArn(replicated, "eu-west-1")])
  })

  test("tells all failures together when no key works, and ends as the most hopeful of them", async () => {
    const { ports, keyService } = await setting([...kms(own, far), alice.recipient], aliceFile)
    keyService.failures.set(own, new EnvsealError("REMOTE_FAILED", "KMS is down", { hint: "wait" }))
    keyService.failures.set(far, new EnvsealError("ACCESS_DENIED", "KMS says no"))
    const { code, message, hint } = await failureOf(() =>
      open({ ...request, identities: ["bob.txt"] }, ports),
    )
    expect({ code, hint }).toEqual({ code: "REMOTE_FAILED", hint: "wait" })
    for (const part of ["1 identity tried", "KMS is down", "KMS says no"]) expect(message).toContain(part)
  })

  test("stops at an envelope that one key proves to be altered", async () => {
    const { ports, keyService } = await setting(kms(own, far))
    keyService.failures.set(own, new EnvsealError("TAMPERED", "not of this context"))
    expect((await failureOf(() => open(request, ports))).code).toBe("TAMPERED")
    expect(keyService.log).toHaveLength(1)
  })

  test("checks the header's MAC under the file key that the service gave", async () => {
    const { ports, keyService } = await setting(kms(own))
    keyService.unwrap = async () => new Uint8Array(16)
    expect((await failureOf(() => open(request, ports))).code).toBe("TAMPERED")
  })
})

describe("open with an identity and a key service", () => {
  const both = [...kms(own), alice.recipient]

  test("asks the service nothing when the identity opens", async () => {
    const { ports, keyService } = await setting(both, aliceFile)
    expect(text(await open({ ...request, identities: ["alice.txt"] }, ports))).toBe("APP_KEY=hunter2\n")
    expect(keyService.log).toEqual([])
  })

  test.each([
    ["is for someone else", { identities: ["bob.txt"] }, []],
    ["cannot be read, and warns", { identities: ["missing.txt"] }, [expect.stringContaining("missing.txt")]],
  ])("asks the service when the identity %s", async (_, part, warnings) => {
    const { ports, keyService } = await setting(both, aliceFile)
    expect(text(await open({ ...request, ...part, kmsKeys: [own] }, ports))).toBe("APP_KEY=hunter2\n")
    expect(ports.warnings).toEqual(warnings)
    expect(keyService.log).toHaveLength(1)
  })

  test("has no identity to open with where the envelope has no KMS stanza", async () => {
    const { ports, keyService } = await setting([alice.recipient])
    expect((await failureOf(() => open(request, ports))).code).toBe("NO_IDENTITY")
    expect(keyService.log).toEqual([])
  })
})

describe("a forged envelope", () => {
  const aliceOnly = { "alice.txt": alice.line }

  async function openForged(payload: string): Promise<EnvsealError> {
    const ports = fakePorts({ files: { ".env.sealed": await sealed({ text: payload }), ...aliceOnly } })
    return failureOf(() => open({ ...request, identities: ["alice.txt"] }, ports))
  }

  test.each([
    ["BASH_ENV", "FORBIDDEN_NAME"],
    ["LD_PRELOAD", "FORBIDDEN_NAME"],
    ["PERLLIB", "FORBIDDEN_NAME"],
    ["APP_CONFIG_CACHE", "FORBIDDEN_NAME"],
    ["ENVSEAL_IDENTITY", "FORBIDDEN_NAME"],
    ["X.Y", "BAD_NAME"],
  ])("that sets %s is refused with the problem that seal would have", async (name, code) => {
    const failure = await openForged(`${name}=hunter2\n`)
    expect(failure.code).toBe("SECRET_REFUSED")
    expect(failure.problems).toMatchObject([{ code, name }])
    expect(JSON.stringify(failure)).not.toContain("hunter2")
  })

  test("with a value that is too long for Laravel is refused by its name", async () => {
    const failure = await openForged(`A=${"x".repeat(131_070)}\n`)
    expect(failure.problems).toMatchObject([{ code: "VALUE_TOO_LONG", name: "A" }])
  })
})
