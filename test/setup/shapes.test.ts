import { describe, expect, test } from "vitest"
import { parseConfig } from "../../src/config/load.ts"
import { init } from "../../src/setup/run/init.ts"
import { MemoryRepository } from "./memory-repository.ts"
import { type Shape, shapes } from "./shapes.ts"

const given = { app: "till", account: "444455556666", region: "eu-central-1", eks: "blue" }

async function setUp(files: Shape["files"]) {
  const repository = new MemoryRepository(files)
  const ports = {
    ...repository.ports,
    contexts: () => [],
    region: null,
    clone: null,
    asker: null,
    show: () => {},
    warn: () => {},
  }
  const { concluded, next } = await init({ given, dryRun: false, adds: false }, ports)
  const said = [...concluded.map(({ what, from }) => `${what} (${from})`), ...next.map(({ what }) => what)]
  return { texts: repository.texts, said: said.join("\n") }
}

describe.each(shapes)("of $name, envseal init", ({ files, has, lacks = {}, says = [], without = [] }) => {
  test("writes what it needs, says why, and changes nothing that was there", async () => {
    const { texts, said } = await setUp(files)
    for (const [path, text] of Object.entries(files)) expect(texts.get(path), path).toBe(text)
    for (const [path, parts] of Object.entries(has))
      for (const part of parts) expect(texts.get(path) ?? "", path).toMatch(part)
    for (const [path, parts] of Object.entries(lacks))
      for (const part of parts) expect(texts.get(path) ?? "", path).not.toMatch(part)
    for (const path of without) expect(texts.has(path), path).toBe(false)
    for (const part of says) expect(said).toContain(part)
    expect(() => parseConfig(texts.get("envseal.yaml") ?? "", "envseal.yaml")).not.toThrow()
  })

  test("writes nothing the second time", async () => {
    const { texts } = await setUp(files)
    const again = await setUp(Object.fromEntries(texts))
    expect(Object.fromEntries(again.texts)).toEqual(Object.fromEntries(texts))
  })
})

describe("envseal init in a checkout with CRLF", () => {
  test("takes its own files for its own, but for the program, which would not start", async () => {
    const { texts } = await setUp(shapes.at(-1)?.files ?? {})
    const crlf = [...texts].map(([path, text]) => [path, text.replaceAll("\n", "\r\n")])
    const again = await setUp(Object.fromEntries(crlf))
    const added = [...again.texts.keys()].filter((path) => !texts.has(path))
    expect(added).toEqual(["boot.sh.envseal"])
  })
})

test("there are at least twelve shapes", () => {
  expect(new Set(shapes.map(({ name }) => name)).size).toBeGreaterThanOrEqual(12)
})
