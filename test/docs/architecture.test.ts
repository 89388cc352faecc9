import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { layers } from "../architecture/layers.ts"
import { readModules } from "../architecture/modules.ts"

const root = join(import.meta.dirname, "../..")
const read = (path: string) => readFileSync(join(root, path), "utf8")
const text = read("docs/architecture.md")
const modules = readModules()
const documents = readdirSync(join(root, "docs")).flatMap((name) =>
  name.endsWith(".md") ? [`docs/${name}`] : [],
)

function sectionOf(heading: string): string {
  const found = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))
  if (found === undefined) throw new Error(`docs/architecture.md has no section ${heading}`)
  return found
}

/** What stands between backticks, code blocks left out. */
function wordsOf(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, "")
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, word = ""]) => word)
}

/** Every path in a text that begins with a folder of the repository. */
function pathsOf(markdown: string): string[] {
  const found = markdown.matchAll(/(?<=^|[\s`(])(?:src|test|docs|docker|build|\.ci)\/[\w./-]*(?![\w./*-])/gm)
  return [...found].map(([path]) => path)
}

const missing = (paths: readonly string[]) => paths.filter((path) => !existsSync(join(root, path)))

describe("docs/architecture.md", () => {
  test.each(["docs/architecture.md", "CONTRIBUTING.md"])(
    "and CONTRIBUTING.md: %s names no path that is gone",
    (page) => {
      const paths = pathsOf(read(page))
      expect(paths.length).toBeGreaterThan(5)
      expect(missing(paths)).toEqual([])
    },
  )

  test("names in its pictures only files of src/", () => {
    const pictures = [...text.matchAll(/^```\n([\s\S]*?)^```/gm)].map(([, picture = ""]) => picture).join("")
    const files = [...pictures.matchAll(/\b[a-z]+(?:\/[a-z-]+)+\.ts/g)].map(([file]) => `src/${file}`)
    expect(files.length).toBeGreaterThan(10)
    expect(missing(files)).toEqual([])
  })

  test("has each folder of src/, and each floor that the layers know", () => {
    const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((one) => one.isDirectory())
    expect(folders.filter(({ name }) => !text.includes(`\`src/${name}/`)).map(({ name }) => name)).toEqual([])
    const floors = new Set(
      layers.flatMap(({ name }) => /^\w+\/(core|run|view|command)$/.exec(name)?.[1] ?? []),
    )
    for (const floor of floors) expect(text).toContain(`src/<feature>/${floor}/`)
  })

  test("finds the files of its steps where they are named without a folder", () => {
    const [, step = ""] = /\*\*A doctor check\.\*\*([\s\S]*?)\n\n/.exec(text) ?? []
    const bare = wordsOf(step).filter((word) => /^[a-z-]+\.ts$/.test(word))
    expect(bare.length).toBeGreaterThan(3)
    expect(missing(bare.map((name) => `src/doctor/run/${name}`))).toEqual([])
  })

  test("explains each word once, by a name that the code exports", () => {
    const rows = sectionOf("Glossary")
      .split("\n")
      .filter((line) => /^\| [a-z]/.test(line) && !line.startsWith("| word"))
      .map((line) => line.split("|").map((cell) => cell.trim()))
    expect(rows.length).toBeGreaterThan(25)
    const words = rows.map(([, word]) => word)
    expect(new Set(words).size).toBe(words.length)
    const names = rows.flatMap((cells) => wordsOf(cells[3] ?? ""))
    expect(names.length).toBe(rows.length)
    const exported = (name: string) =>
      modules.some((module) =>
        new RegExp(`^export (?:async )?(?:class|interface|type|function|const) ${name}\\b`, "m").test(
          module.text,
        ),
      )
    expect(names.filter((name) => !exported(name))).toEqual([])
  })
})

describe("the index of the documents", () => {
  const index = read("docs/README.md")
  const linked = [...index.matchAll(/\]\(([\w./-]+)\)/g)].map(([, path = ""]) => path)

  test("has every page of docs/, once", () => {
    const pages = readdirSync(join(root, "docs")).filter(
      (name) => name.endsWith(".md") && name !== "README.md",
    )
    expect(linked.filter((path) => !path.startsWith("../")).sort()).toEqual(pages.sort())
  })

  test("says of each page for whom it is or what it holds", () => {
    const entries = index.split("\n").filter((line) => line.startsWith("- "))
    expect(entries.filter((line) => !/^- \[[\w.-]+\]\([\w.-]+\): \S.{20,}/.test(line))).toEqual([])
  })

  test("is where the README leads to, with the way to contribute", () => {
    const readme = read("README.md")
    expect(readme).toContain("(docs/README.md)")
    expect(readme).toContain("(CONTRIBUTING.md)")
  })
})

test("every table of the documents begins with its head, so that no row of it is shown as text", () => {
  const torn = ["README.md", ...documents].flatMap((page) =>
    [...read(page).matchAll(/(?<=\n\n)\|.*\n(?!\| ?-)/g)].map(([row]) => `${page}: ${row.trim()}`),
  )
  expect(torn).toEqual([])
})

test("every link of the documents to a file of the repository leads to one", () => {
  const pages = ["README.md", "CONTRIBUTING.md", "RELEASING.md", "SECURITY.md", "CHANGELOG.md"].concat(
    documents,
  )
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(root, page, "..", target)))
      .map((target) => `${page}: ${target}`),
  )
  expect(broken).toEqual([])
})

test("every npm script that a document names is there", () => {
  const { scripts } = JSON.parse(read("package.json"))
  const pages = ["README.md", "CONTRIBUTING.md", "RELEASING.md", "SECURITY.md"].concat(documents)
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/\bnpm run ([a-z:]+)/g)].map(([, name = ""]) => name),
  )
  expect(named.length).toBeGreaterThan(10)
  expect([...new Set(named)].filter((name) => !(name in scripts))).toEqual([])
})
