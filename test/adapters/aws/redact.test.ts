import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { Redactor } from "../../../src/adapters/aws/redact.ts"

const secretText = fc.stringMatching(/^[A-Za-z0-9+/=_.-]{12,80}$/)

describe("a quotation", () => {
  test("never has a known secret in it, wherever that stands", () => {
    fc.assert(
      fc.property(secretText, fc.string(), fc.string(), (secret, before, after) => {
        const redactor = new Redactor()
        redactor.add(secret)
        // Text around a secret may hold the same characters by chance, but not in its place.
        return (
          !redactor.quote(`${before} ${secret} ${after}`).includes(secret) ||
          `${before} ${after}`.includes(secret)
        )
      }),
    )
  })

  test("has no secret that was read with a line break after it", () => {
    const redactor = new Redactor()
    redactor.add("token-from-a-file\n")
    expect(redactor.quote("Bearer token-from-a-file")).toBe("Bearer ***")
  })

  test.each([
    ["an access key id", "AKIAIOSFODNN7EXAMPLE", "Credential=***/20260101"],
    ["a temporary access key id", "ASIAIOSFODNN7EXAMPLE", "Credential=***/20260101"],
  ])("has not %s, known or not", (_, id, shown) => {
    expect(new Redactor().quote(`Credential=${id}/20260101`)).toBe(shown)
  })

  test("has no signature, JSON web token or long token", () => {
    const redactor = new Redactor()
    expect(redactor.quote(`Signature=${"0af3".repeat(16)}`)).toBe("Signature=***")
    expect(redactor.quote("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwcyJ9.c2lnbmF0dXJl x")).toBe("*** x")
    expect(redactor.quote(`token ${"aB3+/".repeat(40)}`)).toBe("token ***")
  })

  test("keeps the ARN of a role with the longest name", () => {
    const arn = `arn:aws:sts::111122223333:assumed-role/${"r".repeat(64)}/${"s".repeat(64)}`
    expect(new Redactor().quote(`User: ${arn} is not authorized`)).toBe(`User: ${arn} is not authorized`)
  })

  test("is one line without control characters, and not long", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2000 }), (text) => {
        const quoted = new Redactor().quote(text)
        // A control character becomes a few visible ones.
        return !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(quoted) && quoted.length < 4_500
      }),
    )
  })
})
