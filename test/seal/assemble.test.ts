import { describe, expect, test } from "vitest"
import { exampleOf } from "../../src/dotenv/example.ts"
import { nameProblem } from "../../src/dotenv/name.ts"
import { isPublicName } from "../../src/dotenv/public-name.ts"
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
      const filled = [...exampleOf(text, "it")].filter(([name]) => !isPublicName(name))
      const ports = fakePorts({ stdin: JSON.stringify(Object.fromEntries(filled)) })
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
    await assemble({ ...request, require: { file: ".env.example", except: [] } }, ports)
    expect(ports.warnings).toEqual([
      "not required of the secret, because no envelope may hold it: UID, mail.host, MY-KEY, HOME (.env.example)",
    ])
  })
})

describe("what is excepted from it", () => {
  const example = "APP_KEY=\nTELESCOPE_ENABLED=true\nMAILTRAP_USER=\nMAILTRAP_PASS=\nDB_PASSWORD=\n"
  const requiring = (except: string[], environment: Record<string, string> = {}, more = "") => {
    const ports = fakePorts({
      ...{ stdin: '{"APP_KEY": "x"}', files: { ".env.example": example + more }, environment },
    })
    const required = { ...request, require: { file: ".env.example", except } }
    return { ports, run: () => assemble(required, ports) }
  }

  test("need not be there, by its name or by how names begin, and everything else must", async () => {
    const failure = await failureOf(requiring(["TELESCOPE_ENABLED", "MAILTRAP_*"]).run)
    expect(failure.problems).toEqual([
      { code: "MISSING_NAME", name: "DB_PASSWORD", reason: "is required by .env.example and is not there" },
    ])
    const all = requiring(["TELESCOPE_ENABLED", "MAILTRAP_*", "DB_PASSWORD"])
    await all.run()
    expect(all.ports.warnings).toEqual([])
  })

  test("is told where no name of the file is meant", async () => {
    const { ports, run } = requiring(["TELESCOPE_ENABLE", "MAILTRAP_*", "TELESCOPE_ENABLED", "DB_*", "NO_*"])
    await run()
    expect(ports.warnings).toEqual([
      "excepted from what .env.example requires, and not in it: TELESCOPE_ENABLE, NO_*",
    ])
  })

  test("are names of the asset build, which a build without them tells, and nothing else does", async () => {
    const except = ["TELESCOPE_ENABLED", "MAILTRAP_*", "DB_PASSWORD"]
    const more = 'VITE_APP_NAME="${APP_NAME}"\nVITE_KEY=\nMIX_OLD=\n'
    const laptop = requiring(except, {}, more)
    await laptop.run()
    expect(laptop.ports.warnings).toEqual([])
    const build = requiring([...except, "MIX_*"], { CODEBUILD_BUILD_ID: "shop:1", VITE_KEY: "" }, more)
    await build.run()
    expect(build.ports.warnings).toEqual([
      "of the asset build, and no variable of this one: VITE_APP_NAME (.env.example)",
    ])
  })
})

describe("a secret that nobody filled in", () => {
  const filling = (secret: object, except: string[] = []) => {
    const example = "APP_KEY=\nDB_PASSWORD=\nDEBUGBAR=\n"
    const ports = fakePorts({ stdin: JSON.stringify(secret), files: { ".env.example": example } })
    const require = except.length === 0 ? null : { file: ".env.example", except }
    return assemble({ ...request, require }, ports)
  }

  test.each([
    ["three empty values", { A: "", B: "", C: "" }, []],
    ["all that is required, and empty", { APP_KEY: "", DB_PASSWORD: "" }, ["DEBUGBAR"]],
  ])("is refused by each name: %s", async (_, secret, except) => {
    const { code, problems } = await failureOf(() => filling(secret, except))
    expect(code).toBe("SECRET_REFUSED")
    expect(problems).toEqual(
      Object.keys(secret).map((name) => ({
        ...{ code: "UNFILLED_VALUE", name },
        reason: "is empty, as every other value is: nobody filled in the secret",
      })),
    )
  })

  test("is refused whatever the build's own variables hold", async () => {
    const ports = fakePorts({ stdin: '{"A":"","B":"","C":""}', environment: { APP_ENV: "production" } })
    const { problems } = await failureOf(() => assemble({ ...request, setEnv: ["APP_ENV"] }, ports))
    expect(problems?.map(({ code, name }) => [code, name])).toEqual(
      ["A", "B", "C"].map((name) => ["UNFILLED_VALUE", name]),
    )
  })

  test.each([
    ["one that has a value", { A: "", B: "", C: "x" }, []],
    ["one empty value of its own", { A: "" }, []],
  ])("is not %s", async (_, secret, except) => {
    expect((await filling(secret, except)).entries).toHaveLength(Object.keys(secret).length)
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
