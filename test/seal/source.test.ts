import { describe, expect, test } from "vitest"
import { assemble } from "../../src/seal/run/assemble.ts"
import { parseSource, sourceOf } from "../../src/seal/run/source.ts"
import { failureOf } from "../fake/failure.ts"
import { fakePorts } from "../fake/ports.ts"

const request = { require: null, setEnv: [], nested: "refuse" as const }
const source = (text: string) => parseSource(text, "--from")
const refusal = (text: string) => failureOf(async () => source(text))

describe("a source", () => {
  test.each([
    ["dotenv:.env", { type: "dotenv", path: ".env" }],
    ["dotenv:-", { type: "dotenv", path: null }],
    ["dotenv:./-", { type: "dotenv", path: "./-" }],
    ["file:secret.json", { type: "file", path: "secret.json" }],
    ["-", { type: "stdin" }],
    [
      "aws-sm:shop#terraform-20260101000000000000000001",
      {
        ...{ type: "aws-sm", text: "aws-sm:shop#terraform-20260101000000000000000001" },
        reference: { id: "shop", version: { versionId: "terraform-20260101000000000000000001" } },
      },
    ],
  ])("%s is known", (text, expected) => expect(sourceOf(text)).toEqual(expected))

  test.each(["APP_KEY=hunter2", "APP_KEY=base64:aHVudGVyMg", "base64:hunter2="])(
    "%s may be a value that was typed in its place, and is not repeated",
    async (text) => {
      const failure = await refusal(text)
      expect(failure.message).toBe("--from: this is not a source")
      expect(failure.hint).not.toContain("hunter2")
    },
  )

  test.each([
    ["secret.json", "write file:secret.json"],
    ["config/secret.json", "write file:config/secret.json"],
    [".env", "write dotenv:.env"],
    ["config/.env.production", "write dotenv:config/.env.production"],
    ["./secret", "write file:./secret for JSON, dotenv:./secret for a .env"],
    ["shop/production", "a source is aws-sm:NAME or its ARN, env:NAME, file:PATH, dotenv:PATH"],
  ])("%s without a scheme is told what to write", async (text, hint) => {
    const failure = await refusal(text)
    expect(failure).toMatchObject({ code: "USAGE", message: `--from: "${text}" is not a source` })
    expect(failure.hint).toContain(hint)
  })

  test("that looks like the secret itself is not repeated", async () => {
    const failure = await refusal('{"A":"hunter2"}.json')
    expect(`${failure.message} ${failure.hint}`).not.toContain("hunter2")
  })
})

describe("a .env as the source", () => {
  test("is read from a file and from standard input, and a later source wins", async () => {
    const ports = fakePorts({ files: { ".env": "A=1\nB=2\n" }, stdin: "B='3'\n" })
    const { entries, sources } = await assemble(
      { ...request, from: [source("dotenv:.env"), source("dotenv:-")] },
      ports,
    )
    expect(entries.map(({ name, value }) => [name, value.reveal()])).toEqual([
      ["A", "1"],
      ["B", "3"],
    ])
    expect(sources).toEqual([{ type: "file" }, { type: "stdin" }])
    expect(ports.warnings).toEqual(["B is in several sources; the one in dotenv:- wins"])
  })

  test("cannot share standard input", async () => {
    const failure = await failureOf(() =>
      assemble({ ...request, from: [source("-"), source("dotenv:-")] }, fakePorts()),
    )
    expect(failure).toMatchObject({ code: "USAGE", message: "standard input can be read only once" })
  })

  test("is refused with every name at once, and no value", async () => {
    const ports = fakePorts({ files: { ".env": "A=hunter#2\nB=${HOME}\nC=1\nC=hunter2\n" } })
    const failure = await failureOf(() => assemble({ ...request, from: [source("dotenv:.env")] }, ports))
    expect(failure.code).toBe("SECRET_REFUSED")
    expect(failure.problems.map(({ name, code }) => `${name} ${code}`)).toEqual([
      "A DOUBTFUL_SYNTAX",
      "B OUTSIDE_REFERENCE",
      "C DUPLICATE_NAME",
    ])
    expect(JSON.stringify([failure, failure.message])).not.toContain("hunter")
  })

  test.each([
    ["file:.env", { files: { ".env": "A=hunter2\n" } }, "write dotenv:.env"],
    ["-", { stdin: "A=hunter2\n" }, "write dotenv:-"],
    ["env:APP", { environment: { APP: "A=hunter2" } }, "store one JSON object"],
  ])("that is given as %s is told what to write", async (text, world, hint) => {
    const failure = await failureOf(() => assemble({ ...request, from: [source(text)] }, fakePorts(world)))
    expect(failure.code).toBe("SECRET_MALFORMED")
    expect(failure.hint).toContain(hint)
    expect(`${failure.message} ${failure.hint}`).not.toContain("hunter2")
  })
})
