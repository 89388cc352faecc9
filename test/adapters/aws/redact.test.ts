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

describe("a quotation that hides the values of a request", () => {
  const quote = (text: string, ...values: readonly string[]) => new Redactor().hiding(values).quote(text)

  test("has none of them, as they are or as JSON escapes them", () => {
    expect(quote('got "a\tb" and c', "a\tb", "c")).toBe('got "***" and ***')
    expect(quote('got "say \\"hi\\" now"', 'say "hi" now')).toBe('got "***"')
    expect(quote("got a.b and a+b", "a.b")).toBe("got *** and a+b")
  })

  test("hides the longest first, so that no rest of it stays", () => {
    const long = "a value of a build that is long"
    expect(quote(`got ${long}`, "a value of a build", long)).toBe("got ***")
    expect(quote(`got ${long}`, long, "a value of a build")).toBe("got ***")
  })

  test("keeps a word that only has a short value in it", () => {
    expect(quote("eu in eu-west-1, arn:aws:eu:x, neu, eu", "eu")).toBe(
      "*** in eu-west-1, arn:aws:eu:x, neu, ***",
    )
  })

  test.each([
    ["x".repeat(15), `y${"x".repeat(15)}y`],
    ["x".repeat(16), "y***y"],
  ])("%s in another word is quoted as %s", (value, shown) => {
    expect(quote(`y${value}y`, value)).toBe(shown)
  })

  test("hides nothing for an empty value", () => {
    expect(quote("as it is", "")).toBe("as it is")
  })

  test("still hides every secret that was known before", () => {
    const redactor = new Redactor()
    redactor.add("hunter2-hunter2")
    redactor.add(undefined)
    redactor.add("  ")
    expect(redactor.hiding(["eu"]).quote("eu hunter2-hunter2 for us")).toBe("*** *** for us")
    expect(redactor.quote("eu for us")).toBe("eu for us")
  })
})

test("a quotation has 400 characters at most", () => {
  const text = "word ".repeat(200)
  expect(new Redactor().quote(text)).toBe(`${text.slice(0, 400)}…`)
})
