import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { judgeBuildspec } from "../../src/doctor/core/buildspec.ts"
import { remedyText } from "../../src/doctor/core/remedy.ts"
import { firstTemplateFiles } from "../../src/setup/core/first-template-files.ts"
import { templateFiles } from "../../src/setup/core/template-files.ts"
import { blocksOf } from "../docs/markdown.ts"

const root = join(import.meta.dirname, "../..")
const demands = {
  ...{ builds: true, environments: ["production"], given: ["ENVSEAL_BINARY"] },
  ...{ secrets: ["shop/production"], variables: ["ENVSEAL_IMAGE"] },
}

function judge(text: string, scripts: Readonly<Record<string, string>> = {}, builds = true) {
  return judgeBuildspec(text, "buildspec.yml", {
    ...{ ...demands, builds },
    scripts: new Map(Object.entries(scripts)),
  })
}

/** What is said of a reseal; `null` for nothing. */
function lackOf(...given: Parameters<typeof judge>): string | null {
  const { answer, text } = judge(...given)
  expect(answer).toBe("ok")
  return /, which cannot reseal: (.*)$/.exec(text)?.[1] ?? null
}

/** A buildspec of these commands, each of which may have several lines. */
function spec(...commands: readonly string[]): string {
  const items = commands.map((one) => `      - |\n${one.replace(/^/gm, "        ")}`)
  return `version: 0.2
env: { exported-variables: [ENVSEAL_IMAGE] }
phases:
  build:
    commands:
${items.join("\n")}
`
}

const either = `if [ -n "\${ENVSEAL_RESEAL_FROM:-}" ]; then envseal reseal --json; else envseal seal; fi`
const leaves = `if [ -n "\${ENVSEAL_RESEAL_FROM:-}" ]; then exit 0; fi`

describe("a buildspec can reseal when", () => {
  test.each([
    ["it builds and pushes only otherwise", spec(either, `${leaves}\ndocker build .\ndocker push x`)],
    ["it does either in one command", spec(`${either}\n[ -n "$ENVSEAL_RESEAL_FROM" ] || docker build .`)],
    ["it asks something else that nobody knows here", spec(either, "test -f done || docker build .")],
    ["it asks in a case", spec(either, "case $ENVSEAL_RESEAL_FROM in '') docker build . ;; esac")],
    ["it is the buildspec of envseal init", templateFiles.buildspec],
    ["a target that nobody knows here may do it", spec("envseal seal", "make image")],
  ])("%s", (_, text) => {
    expect(lackOf(text)).toBeNull()
    expect(judge(text).remedies).toEqual([])
  })

  test("a script of the repository does all of it", () => {
    const script = `#!/bin/sh\n${either}\n${leaves}\ndocker build .\n`
    expect(lackOf(spec("./ci/build.sh"), { "ci/build.sh": script })).toBeNull()
  })
})

describe("a buildspec cannot reseal when", () => {
  test.each([
    ["it only seals", spec("envseal seal", "docker build ."), /^no command runs envseal reseal$/],
    [
      "it only speaks of it",
      spec(`envseal seal\n# envseal reseal with ENVSEAL_RESEAL_FROM\necho envseal reseal`),
      /^no command runs envseal reseal$/,
    ],
    [
      "it reseals in every build",
      spec("envseal seal\nenvseal reseal"),
      /^no command asks whether ENVSEAL_RESEAL_FROM is set$/,
    ],
    [
      "it builds the image all the same",
      spec(either, "cd app && docker build . # if there is one"),
      /^the image is built or pushed all the same at buildspec\.yml:8:9$/,
    ],
    [
      "it pushes the image all the same",
      spec(either, `${leaves}\ndocker build .`, "docker push x"),
      /^the image is built or pushed all the same at buildspec\.yml:11:9$/,
    ],
  ])("%s, and that is said with what to add", (_, text, said) => {
    expect(lackOf(text)).toMatch(said)
    const remedies = judge(text).remedies.map(remedyText)
    expect(remedies).toEqual([expect.stringMatching(/ENVSEAL_RESEAL_FROM is set.*docs\/reseal\.md/)])
  })

  test("another CI builds the image, and nothing is said of it", () => {
    expect(lackOf(spec("envseal seal", "docker build ."), {}, false)).toBeNull()
  })
})

/** The blocks of the page that show how a buildspec reseals. */
function guide(): readonly string[] {
  const page = readFileSync(join(root, "docs/reseal.md"), "utf8")
  const part = page.split("## In the buildspec\n")[1]?.split("\n## ")[0] ?? ""
  return blocksOf(part, "sh").map((block) => block.trimEnd())
}

test("what docs/reseal.md has to add mends a buildspec of version 0.1.0, which keeps the rest", () => {
  const first: string = firstTemplateFiles.buildspec
  expect(lackOf(first)).toBe("no command runs envseal reseal")
  const [choice = "", leave = ""] = guide()
  expect([choice, leave]).toEqual([
    expect.stringContaining("envseal reseal"),
    expect.stringContaining("exit 0"),
  ])
  const indented = (text: string) => text.replace(/^(?=.)/gm, " ".repeat(8))
  const seal = /^ {8}envseal seal\n[\s\S]*?^ {8}export ENVSEAL_SECRET_VERSION .*\n/m
  const chosen = first.replace(seal, () => `${indented(choice)}\n`)
  expect(lackOf(chosen)).toMatch(/^the image is built or pushed all the same at buildspec\.yml:/)
  const mended = chosen.replace(/^ {8}docker (?:build|save|push) /gm, (line) => `${indented(leave)}\n${line}`)
  expect(lackOf(mended)).toBeNull()
  const kept = first.replace(seal, "").split("\n")
  expect(mended.split("\n")).toEqual(expect.arrayContaining(kept))
})
