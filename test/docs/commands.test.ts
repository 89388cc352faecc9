import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { parse, parseAllDocuments } from "yaml"
import { sandbox } from "../script/harness.ts"
import { blocksOf } from "./markdown.ts"
import {
  commandTextsOf,
  elsewhere,
  exceptions,
  pages,
  patternOf,
  readPage,
  scriptOf,
} from "./page-commands.ts"

const root = join(import.meta.dirname, "../..")
const read = (path: string) => readFileSync(join(root, path), "utf8")

describe("every command that a page shows in a block", () => {
  const runners = globSync("test/script/pages/*.test.ts", { cwd: root }).map(read).join("\n")
  const shown = pages.filter((page) => commandTextsOf(readPage(page)).length > 0)

  test("is run by the test of its page, but for those that are listed", () => {
    expect(shown.length).toBeGreaterThan(15)
    const left = shown.filter((page) => scriptOf(page).trim() !== "")
    expect(left.filter((page) => !runners.includes(`runPage("${page}"`))).toEqual([])
  })

  test("and is listed as run elsewhere is on its page, and in the file that runs it", () => {
    const stale = elsewhere.filter(({ begins, page, by, as }) => {
      const commands = commandTextsOf(readPage(page)).join("\n")
      return !patternOf({ page, begins }).test(commands) || !read(by).includes(as)
    })
    expect(stale).toEqual([])
  })

  test("and is an exception is on its page, and has a reason; there are ten at most", () => {
    expect(exceptions.length).toBeLessThanOrEqual(10)
    const stale = exceptions.filter(
      (one) => !patternOf(one).test(commandTextsOf(readPage(one.page)).join("\n")) || one.why === "",
    )
    expect(stale).toEqual([])
  })

  test("is in a block that is run: no page shows one in another way", () => {
    const programs = "npm|npx|envseal|docker|kubectl|aws|git|helm|sops|chamber|openssl|age|sudo|gh|cosign"
    const own = /^( *)```\w+\n[\s\S]*?^\1```$/gm
    const command = new RegExp(`^(?: {4,}|\`\`\`\\n)(?:\\$ )?(?:${programs}) .*$`, "gm")
    const found = pages.flatMap((page) => {
      return [...readPage(page).replace(own, "").matchAll(command)].map(([line]) => `${page}: ${line.trim()}`)
    })
    expect(found).toEqual([])
  })
})

/** Every text in a tree of YAML or JSON. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value]
  if (typeof value !== "object" || value === null) return []
  return Object.values(value).flatMap(textsIn)
}

describe("the files that docs/other-ci.md and docs/other-places.md show", () => {
  const shown = ["docs/other-ci.md", "docs/other-places.md"].flatMap((page) =>
    ["yaml", "json"].flatMap((language) => blocksOf(read(page), language)),
  )
  const units = blocksOf(read("docs/other-places.md"), "ini")

  test("are YAML and JSON", () => {
    expect(shown.length).toBeGreaterThanOrEqual(4)
    expect(shown.flatMap((text) => parseAllDocuments(text).flatMap(({ errors }) => errors))).toEqual([])
  })

  test("name only commands and options that envseal has", async () => {
    const lines = [...shown.flatMap((text) => textsIn(parse(text))), ...units]
      .join("\n")
      .replaceAll("\\\n", " ")
    const uses = [...lines.matchAll(/\benvseal (seal|scan|open|deploy|policy)\b([^\n|]*)/g)]
    expect(new Set(uses.map(([, command]) => command))).toEqual(new Set(["seal", "scan", "deploy", "open"]))
    const named = new Map<string, string[]>()
    for (const [, command = "", rest = ""] of uses) {
      const options = (rest.split(" -- ")[0] ?? "").match(/(?<= )--[a-z-]+/g) ?? []
      named.set(command, [...(named.get(command) ?? []), ...options])
    }
    const box = sandbox()
    for (const [command, options] of named) {
      const { stdout } = await box.envseal([command, "--help"])
      expect(
        options.filter((option) => !new RegExp(`${option}(?![a-z-])`).test(stdout)),
        command,
      ).toEqual([])
    }
  })
})
