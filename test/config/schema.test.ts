import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { settingsJsonSchema } from "../../src/config/json-schema.ts"
import { parseConfig } from "../../src/config/load.ts"
import { fileSchema } from "../../src/config/schema.ts"
import { knownSettings } from "../../src/config/setting-names.ts"
import { contextFault } from "../../src/envelope/context.ts"

const root = join(import.meta.dirname, "../..")
const text = readFileSync(join(root, "docs/config.md"), "utf8")
const settings = knownSettings(fileSchema)

test("envseal.schema.json is what build/settings-schema.ts writes", () => {
  const written = JSON.parse(readFileSync(join(root, "envseal.schema.json"), "utf8"))
  expect(written).toEqual(settingsJsonSchema())
})

test("every setting says what it is for, in a sentence", () => {
  expect(settings.length).toBeGreaterThan(60)
  const silent = settings.filter(
    ({ path, description }) => path.at(-1) !== "*" && !/^.{8,}\.$/.test(description),
  )
  expect(silent.map(({ path }) => path.join("."))).toEqual([])
})

test("every pattern of envseal.schema.json is one for editors, which compile it with the flag u", () => {
  const patterns = [...JSON.stringify(settingsJsonSchema()).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)]
  expect(patterns.length).toBeGreaterThan(30)
  for (const [, pattern = ""] of patterns) expect(() => new RegExp(JSON.parse(pattern), "u")).not.toThrow()
})

describe("docs/config.md", () => {
  const rows = [...text.matchAll(/^\| (`[^|]+`) \| /gm)].flatMap(([, names = ""]) => names.split(" "))
  const documented = rows.map((name) => name.replaceAll("`", ""))

  test("has every setting, and none that there is not", () => {
    const known = settings
      .map(({ path }) => (path[0] === "environments" ? path.slice(2) : path).join("."))
      .filter((path) => path !== "" && !path.startsWith("defaults."))
      .map((path) => path.replace(/^hooks\.(?:before|after)\.\*/, "hooks.*"))
      .filter((path) => !/(?:^|\.)(?:hooks|\*)$|^(?:build|image|cluster|roles|rollout)$/.test(path))
    expect(new Set(documented)).toEqual(new Set([...known, "environments"]))
  })

  test("has an example that is right", () => {
    const [, example = ""] = /```yaml\n([\s\S]*?)```/.exec(text) ?? []
    expect([...parseConfig(example, "envseal.yaml").environments.keys()]).toEqual(["production", "staging"])
  })
})

test("a context is taken exactly when envelopes take it", () => {
  const contexts: Record<string, string>[] = [
    { app: "shop" },
    { app: "a b_.:/=+@-c", "x.y:z/1-_": "1" },
    { app: "" },
    { "": "x" },
    { app: "a,b" },
    { "a b": "x" },
    { app: "é" },
    { app: "x".repeat(256), ["n".repeat(128)]: "x" },
    { app: "x".repeat(257) },
    { ["n".repeat(129)]: "x" },
    { app: "x", App: "x" },
    Object.fromEntries([..."abcdefgh"].map((name) => [name, "x"])),
    Object.fromEntries([..."abcdefghi"].map((name) => [name, "x"])),
  ]
  for (const context of contexts) {
    const file = JSON.stringify({ version: 1, app: "shop", environments: { production: { context } } })
    const read = () => parseConfig(file, "envseal.yaml")
    if (contextFault(context) === null)
      expect(read().environments.get("production")?.context).toEqual(context)
    else expect(read).toThrow(expect.objectContaining({ code: "CONFIG_MALFORMED" }))
  }
})
