import { expect, test } from "vitest"
import { nodeScanTargets } from "../../src/adapters/node/scan-targets.ts"
import { exampleOf } from "../../src/dotenv/example.ts"
import { type Scanned, scan } from "../../src/scan/run/scan-target.ts"
import { exampleShapes } from "../data/example-shapes.ts"
import { fakePorts } from "../fake/ports.ts"
import { phpLibraries } from "./readers/php.ts"

/** The example files of Laravel itself, with what each of them adds. */
const stock = exampleShapes.filter(({ shape }) => shape.startsWith("laravel"))
const password = "q8Zr-not-in-any-framework"

function scanLibraries(secret: object): Promise<Scanned> {
  const bytes = Buffer.from(JSON.stringify(secret))
  const from = [{ type: "inline" as const, bytes }]
  const request = { from, require: null, setEnv: [], nested: "refuse" as const }
  return scan(
    { target: phpLibraries, secret: request, ignore: [], minLength: 8 },
    fakePorts(),
    nodeScanTargets,
  )
}

test("a stock secret with its own password is found nowhere in a stock Laravel and what it needs", async () => {
  const values = Object.assign({}, ...stock.map(({ text }) => Object.fromEntries(exampleOf(text, "it"))))
  const { findings, searched, skipped } = await scanLibraries({ ...values, DB_PASSWORD: password })
  expect(findings).toEqual([])
  expect(searched.files).toBeGreaterThan(1_000)
  expect(searched.names).toBeGreaterThan(0)
  expect(skipped.map(({ name }) => name)).toEqual(expect.arrayContaining(["REDIS_CLIENT", "APP_URL"]))
})

test("what such a tree does hold is found in it", async () => {
  const { findings } = await scanLibraries({ DB_PASSWORD: "LoadEnvironmentVariables" })
  expect(findings.map(({ found }) => found)).toContainEqual({
    type: "value",
    name: "DB_PASSWORD",
    encodings: ["raw"],
  })
})
