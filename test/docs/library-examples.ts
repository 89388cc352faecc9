import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "vitest"
import { blocksOf } from "./markdown.ts"

/** docs/library.md. */
export const libraryPage = readFileSync(join(import.meta.dirname, "../../docs/library.md"), "utf8")

const examples = blocksOf(libraryPage, "ts").map((code) => ({
  file: /^\/\/ (\S+)$/m.exec(code)?.[1] ?? "",
  code,
}))

/** What the page says that each example prints, in its order; of a hint only the beginning. */
const printed: Readonly<Record<string, string>> = {
  "seal.ts": "",
  "inspect.ts": "production 3 1\n",
  "open.ts": '[secret] 3 3\nit\'s $5 "today"\n',
  "mismatch.ts": "CONTEXT_MISMATCH - ",
  "dotenv.ts": blocksOf(libraryPage, "")[0] ?? "",
}

/** What a program did. */
interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs the examples one after the other in a folder where the package is installed, and expects of each what the page
 * says. The folder has what the page makes first: `key.txt` and `recipient.txt`.
 *
 * @param run runs a file of the folder on some runtime
 */
export async function expectExamples(folder: string, run: (file: string) => Promise<Ran>): Promise<void> {
  expect(examples.map(({ file }) => file)).toEqual(Object.keys(printed))
  for (const { file, code } of examples) {
    writeFileSync(join(folder, file), code)
    const { status, stdout, stderr } = await run(file)
    expect([file, status, stderr]).toEqual([file, 0, ""])
    const said = file === "mismatch.ts" ? stdout.slice(0, printed[file]?.length) : stdout
    expect([file, said]).toEqual([file, printed[file]])
  }
}
