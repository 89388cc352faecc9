import { bold } from "../../cli/colour.ts"
import { paint } from "../../cli/log.ts"
import { writeStderr } from "../../cli/output.ts"
import { stderrColumns } from "../../cli/terminal-size.ts"
import { wrap } from "../../cli/wrap.ts"
import { printable } from "../../core/text.ts"
import type { NextStep } from "../core/file.ts"

/** Longer than any step. */
const maxLength = 4_000

/** Says what is left to do, numbered. Without `envseal:` before each line, so that commands can be copied. */
export function sayNextSteps(steps: readonly NextStep[], quiet: boolean): void {
  if (quiet) return
  const lines = steps.flatMap(({ what, commands }, at) => [
    ...stepLines(`${at + 1}. `.padStart(4), printable(what, maxLength)),
    ...commands.map((command) => `      ${paint(bold, printable(command, maxLength))}`),
  ])
  writeStderr(lines.map((line) => `${line}\n`).join(""))
}

function stepLines(number: string, what: string): readonly string[] {
  const columns = stderrColumns()
  return wrap(`${number}${what}`, { columns, indent: "    " })
}
