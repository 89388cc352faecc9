import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { lastLineOf, saidText } from "../../../src/deploy/core/said.ts"
import { runs } from "../../dotenv/values.ts"
import { viewOfTrouble, watching } from "./course.ts"
import { waits } from "./scene.ts"

const image = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:${"b".repeat(64)}`

describe("what a kubelet says of a pull", () => {
  test("names the image once, and keeps the cause at its end", () => {
    const resolve = `failed to resolve reference "${image}": ${image}: not found`
    const message = `Back-off pulling image "${image}": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "${image}": ${resolve}`
    expect(message.length).toBeGreaterThan(600)
    expect(saidText(message)).toBe(
      `Back-off pulling image "${image}": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image: failed to resolve reference: not found`,
    )
  })

  test.each([
    [`"r.io/a:v1": r.io/a:v1`, `"r.io/a:v1"`],
    ["pull r.io/a:v1: tag r.io/a:v1 is bad", "pull r.io/a:v1: tag is bad"],
    ["r.io/a:v1 and r.io/a:v10", "r.io/a:v1 and r.io/a:v10"],
    ["r.io:5000/a/b:v1. Again r.io:5000/a/b:v1.", "r.io:5000/a/b:v1. Again."],
    ["r.io/a:v1 (r.io/a:v1)", "r.io/a:v1 (r.io/a:v1)"],
    ["failed: r.io/a:v1: r.io/a:v1 is bad", "failed: r.io/a:v1: r.io/a:v1 is bad"],
    ["App\\Foo::bar: a/b a/b", "App\\Foo::bar: a/b a/b"],
  ])("as %j is %j", (message, text) => {
    expect(saidText(message)).toBe(text)
  })
})

describe("a message", () => {
  test("of 500 characters is whole, and a longer one loses its middle", () => {
    const fits = `${"a".repeat(250)}${"b".repeat(250)}`
    expect(saidText(fits)).toBe(fits)
    expect(saidText(`${fits}b`)).toBe(`${"a".repeat(249)}…${"b".repeat(250)}`)
  })

  test.each([
    [
      "PHP Fatal error: Uncaught E\n#0 {main}\n  thrown in /app/a.php on line 3\n",
      "thrown in /app/a.php on line 3",
    ],
    ["one\r\n\r\n", "one"],
    ["\n \n", ""],
    ["", ""],
  ])("of several lines is its last one: %j", (message, line) => {
    expect(lastLineOf(message)).toBe(line)
    expect(saidText(message)).toBe(line)
  })

  test("that is too long loses its middle, and what a terminal would obey is shown", () => {
    expect(saidText(`${"a".repeat(400)}${"b".repeat(400)}`, 11)).toBe("aaaaa…bbbbb")
    expect(saidText(`${"a".repeat(400)}${"b".repeat(400)}`, 10)).toBe("aaaa…bbbbb")
    expect(saidText("a\u001b[2J")).toBe("a\\u{1b}[2J")
  })

  test("is never longer than it may be, and keeps its end", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.integer({ min: 3, max: 100 }), (message, max) => {
        const plain = message.replace(/[^a-z0-9]/g, "x")
        const text = saidText(plain, max)
        expect(text.length).toBeLessThanOrEqual(max)
        expect(plain.endsWith(text.split("…").at(-1) ?? "")).toBe(true)
      }),
      runs(200),
    )
  })
})

describe("a rollout that fails", () => {
  const message = `failed to pull "${image}": ${"x".repeat(600)}: not found`

  test("is shown with the end of what its container said, and whole to programs", () => {
    const view = viewOfTrouble(waits("ImagePullBackOff", 0, undefined, message))
    const { setback } = watching().sees(0, view).sees(60, view).state
    expect(setback?.failure.message).toMatch(/ImagePullBackOff: failed to pull .*….*: not found$/)
    expect(setback?.trouble?.message).toBe(message)
  })

  test("is shown with the last of the lines that its container left, and whole to programs", () => {
    const view = viewOfTrouble(waits("CrashLoopBackOff", 3, 255, "Fatal error\n#0 {main}\n  thrown in a.php"))
    const { setback } = watching().sees(0, view).sees(60, view).state
    expect(setback?.failure.message).toMatch(/CrashLoopBackOff \(exit status 255\): thrown in a\.php$/)
    expect(setback?.trouble?.message).toBe("Fatal error\n#0 {main}\n  thrown in a.php")
  })
})
