import { describe, expect, test } from "vitest"
import { needlesOf } from "../../../src/scan/core/needle.ts"
import { weakness } from "../../../src/scan/core/weakness.ts"
import { entry } from "../../dotenv/values.ts"

describe("a value is not looked for", () => {
  test.each([
    ["", "is empty"],
    ["short", "is shorter than 8 characters"],
    ["üüüüüü1", "is shorter than 8 characters"],
    ["12345678", "is a number"],
    ["-1234.5678", "is a number"],
    ["production", "is a common word"],
    ["Localhost", null],
    ["localhost", "is a common word"],
    ["127.0.0.1", "is a common word"],
    ["eu-west-1", "is a common word"],
    ["Europe/Berlin", "is a common word"],
    ["--------", "has fewer than 4 different characters"],
    ["aabbccaabbcc", "has fewer than 4 different characters"],
  ])("when it is %j", (value, reason) => {
    expect(weakness(value, 8)).toBe(reason ?? "is a common word")
  })

  test.each(["hunter22", "1234567890123456", "12345678a", "productions", "correcthorse"])(
    "unlike %j",
    (value) => {
      expect(weakness(value, 8)).toBeNull()
    },
  )

  test("when it is shorter than the caller says", () => {
    expect(weakness("hunter22", 9)).toBe("is shorter than 9 characters")
    expect(weakness("hunter", 6)).toBeNull()
  })
})

describe("needles", () => {
  test("leave out names for which there is an excuse, and say so", () => {
    const { needles, skipped, unshown } = needlesOf([entry("A", "hunter22"), entry("B", "hunter33")], {
      minLength: 8,
      excuse: (name) => (name === "A" ? "is ignored (--ignore)" : null),
    })
    expect(new Set(needles.map(({ name }) => name))).toEqual(new Set(["B"]))
    expect(skipped).toEqual([{ name: "A", reason: "is ignored (--ignore)" }])
    expect(unshown).toEqual([Buffer.from("hunter22")])
  })

  test("are each of other bytes, and none too short to mean something", () => {
    const { needles } = needlesOf([entry("A", "hunt"), entry("B", "it's $5 /ü")], {
      minLength: 4,
      excuse: () => null,
    })
    const keys = needles.map(({ name, bytes }) => `${name} ${Buffer.from(bytes).toString("hex")}`)
    expect(new Set(keys).size).toBe(keys.length)
    expect(Math.min(...needles.map(({ bytes }) => bytes.length))).toBeGreaterThanOrEqual(4)
  })

  test("are cut to the middle of what is very long", () => {
    const { needles } = needlesOf([entry("A", "0123456789".repeat(10_000))], {
      minLength: 8,
      excuse: () => null,
    })
    expect(Math.max(...needles.map(({ bytes }) => bytes.length))).toBe(1_024)
  })
})

describe("what everybody has who uses the framework", () => {
  const reasonOf = (name: string, value: string) =>
    needlesOf([entry(name, value)], { minLength: 8, excuse: () => null }).skipped[0]?.reason ?? null

  test.each([
    ["REDIS_CLIENT", "phpredis"],
    ["APP_URL", "http://localhost"],
    ["APP_URL", "http://127.0.0.1:8000"],
    ["PUSHER_HOST", "mt1.pusher.com"],
    ["MAIL_FROM_ADDRESS", "hello@example.com"],
    ["VITE_PUSHER_APP_KEY", "${PUSHER_APP_KEY}"],
  ])("is told and not looked for: %s=%s", (name, value) => {
    expect(reasonOf(name, value)).toBe("is a default that everybody has")
  })

  test.each([
    ["DB_PASSWORD", "phpredis"],
    ["SESSION_COOKIE", "laravel_session_1"],
    ["APP_URL", "http://root:hunter22@localhost"],
    ["APP_URL", "http://localhost/?token=hunter22"],
    ["APP_URL", "http://localhost.example"],
    ["MAIL_FROM_NAME", "x${APP_NAME}"],
    ["MAIL_HOST", "MT1.pusher.com"],
  ])("is looked for when there is anything of its own in it: %s=%s", (name, value) => {
    expect(reasonOf(name, value)).toBeNull()
  })
})
