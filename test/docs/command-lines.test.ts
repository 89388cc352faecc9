import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { allCommands } from "../../src/cli/commands.ts"
import { makeProgram, RefusedLine, refusalFailure } from "../../src/cli/program.ts"
import { EnvsealError } from "../../src/core/error.ts"

const root = join(import.meta.dirname, "../..")
const pages = ["README.md", "SECURITY.md", "CHANGELOG.md", ...globSync("docs/*.md", { cwd: root })].sort()

/** Lines of code of a page, in a block, indented or in a sentence; one that goes on in the next line is one. */
function codeOf(markdown: string): string[] {
  const text = markdown.replaceAll("\\\n", " ")
  const blocks = [...text.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) =>
    block.split("\n"),
  )
  const indented = [...text.matchAll(/^ {4}(\S.*)$/gm)].map(([, line = ""]) => line)
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "")
  return [...blocks, ...indented, ...[...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code)]
}

/**
 * The command lines of envseal in a line of code: what stands before a pipe, a redirection, the next command, or the app's
 * own. Of several words that one may choose from, as in `bash|zsh`, the first is taken.
 */
function linesOf(code: string): string[] {
  return code
    .replace(/(?<=\s|^)#\s.*$/, "")
    .replace(/ -- .*$/, "")
    .replace(/(?<=\w)(?:\\?\|\w+)+/g, "")
    .replaceAll("\\|", "|")
    .split(/\s*(?:[|;<>()]|&&)\s*/)
    .flatMap((part) => /^(?:\$ )?(?:[A-Z_]+=\S* )*(?:npx )?envseal (.+)$/.exec(part.trim())?.[1] ?? [])
}

function wordsIn(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, one, two, three]) => one ?? two ?? three ?? "",
  )
}

/** What is left open in a text is no command line, such as `[ENVIRONMENT]`; what only asks for help is answered at once. */
const isWhole = (line: string) => !/[[\]]|…|\.\.\.|^COMMAND\b|(?:^| )(?:--version|--help|-[vh])$/.test(line)

/** In a sentence a command may stand for itself, without its arguments. */
const isNamed = (message: string) => /^[a-z][a-z ]* is given without /.test(message)

/** What the program refuses of a command line; nothing is done. */
async function refused(args: readonly string[]): Promise<string | null> {
  const program = await makeProgram({ command: null, outcome: { status: 0 } }, undefined)
  for (const command of allCommands(program)) if (command.commands.length === 0) command.action(() => {})
  try {
    await program.parseAsync(args, { from: "user" })
    return null
  } catch (error) {
    if (error instanceof EnvsealError) return error.message
    if (error instanceof RefusedLine) return (await refusalFailure(error)).message
    throw error
  }
}

const shown = pages.flatMap((page) => {
  const lines = codeOf(readFileSync(join(root, page), "utf8")).flatMap(linesOf)
  return [...new Set(lines)].filter(isWhole).map((line) => ({ page, line }))
})

describe("every command line of envseal that a page shows", () => {
  test("is found, on most pages", () => {
    expect(shown.length).toBeGreaterThan(150)
    expect(new Set(shown.map(({ page }) => page)).size).toBeGreaterThan(12)
  })

  test("has only commands, arguments and options that envseal has", async () => {
    const wrong: string[] = []
    for (const { page, line } of shown) {
      const message = await refused(wordsIn(line))
      if (message !== null && !isNamed(message)) wrong.push(`${page}: envseal ${line}: ${message}`)
    }
    expect(wrong).toEqual([])
  })
})
