import { describe, expect, test } from "vitest"
import { exampleOf } from "../../src/dotenv/example.ts"
import { nameProblem } from "../../src/dotenv/name.ts"
import { parseRecipient } from "../../src/envelope/recipient.ts"
import { assemble } from "../../src/seal/run/assemble.ts"
import { exampleShapes } from "../data/example-shapes.ts"
import { failureOf } from "../fake/failure.ts"
import { fakePorts } from "../fake/ports.ts"
import { sealed } from "../fake/sealed.ts"

const request = { from: [{ type: "stdin" as const }], require: null, setEnv: [], nested: "refuse" as const }

describe("the shapes of public example files", () => {
  test("are 113 or more", () => {
    expect(exampleShapes.length).toBeGreaterThanOrEqual(113)
  })

  test.each(exampleShapes)("have no name that is refused: $shape", ({ text }) => {
    const names = [...exampleOf(text, "it").keys()]
    expect(names).toHaveLength(new Set(text.match(/^\w+(?==)/gm)).size)
    expect(names.filter((name) => nameProblem(name) !== null)).toEqual([])
  })

  test("are sealed with a median of no warning when they are filled in", async () => {
    const counts: number[] = []
    for (const { text } of exampleShapes) {
      const ports = fakePorts({ stdin: JSON.stringify(Object.fromEntries(exampleOf(text, "it"))) })
      await assemble(request, ports)
      counts.push(ports.warnings.length)
    }
    counts.sort((a, b) => a - b)
    expect(counts[Math.floor(counts.length / 2)]).toBe(0)
  })
})

describe("what is required", () => {
  test("leaves out what no envelope may hold, and says so on one line", async () => {
    const example = "APP_KEY=\nUID=1000\nmail.host=x\nMY-KEY=1\nHOME=/var/www\n"
    const ports = fakePorts({ stdin: '{"APP_KEY": "x"}', files: { ".env.example": example } })
    await assemble({ ...request, require: ".env.example" }, ports)
    expect(ports.warnings).toEqual([
      "not required of the secret, because no envelope may hold it: UID, mail.host, MY-KEY, HOME (.env.example)",
    ])
  })
})

describe("a secret that is a .env", () => {
  test.each(["APP_KEY=hunter2\n", "# the app\n\nexport APP_KEY='hunter2'\n"])(
    "is refused with how to make JSON of it: %j",
    async (stdin) => {
      const failure = await failureOf(() => assemble(request, fakePorts({ stdin })))
      expect(failure.code).toBe("SECRET_MALFORMED")
      expect(failure.hint).toContain("it looks like a .env")
      expect(`${failure.message} ${failure.hint}`).not.toContain("hunter2")
    },
  )
})

describe("a variable that is not UTF-8", () => {
  const bytes = Buffer.from("caf\xe9-hunter2", "latin1")

  test("is refused by its name where it is copied, with every other one", async () => {
    const ports = fakePorts({ stdin: '{"A": "1"}', rawVariables: { ONE: bytes, TWO: Buffer.from([0x80]) } })
    const failure = await failureOf(() => assemble({ ...request, setEnv: ["ONE", "TWO"] }, ports))
    expect(failure.problems).toEqual(
      ["ONE", "TWO"].map((name) => ({ code: "UNREPRESENTABLE_VALUE", name, reason: "is not UTF-8" })),
    )
    expect(JSON.stringify(failure)).not.toContain("hunter2")
  })

  test("is no source, and is named", async () => {
    const ports = fakePorts({
      rawVariables: { APP: Buffer.concat([Buffer.from('{"A": "'), bytes, Buffer.from('"}')]) },
    })
    const failure = await failureOf(() =>
      assemble({ ...request, from: [{ type: "env" as const, name: "APP" }] }, ports),
    )
    expect(failure).toMatchObject({ code: "SECRET_MALFORMED", message: "env:APP is not UTF-8" })
  })
})

describe("a recipient of low order", () => {
  // bech32 of 32 zero bytes, and of the point 1.
  test.each([
    "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
    "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya",
  ])("is refused by its name: %s", async (text) => {
    const failure = await failureOf(() => sealed({ recipients: [parseRecipient(text, "test")] }))
    expect(failure.code).toBe("USAGE")
    expect(failure.message).toContain("is no key that can be sealed for")
  })
})
