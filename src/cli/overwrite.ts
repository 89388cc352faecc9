import { EnvsealError } from "../core/error.ts"
import { printable } from "../core/text.ts"
import type { Files } from "../ports/files.ts"

/**
 * What a command reads must not be lost to what it writes.
 *
 * @param out `-` is standard output, as it is standard input among the inputs.
 * @throws EnvsealError `USAGE` when the output is one of the inputs, also by another path.
 */
export async function refuseOverwrite(out: string, inputs: readonly string[], files: Files): Promise<void> {
  if (out === "-") return
  for (const path of inputs) {
    if (path === "-" || !(await files.isSame(out, path))) continue
    throw new EnvsealError(
      "USAGE",
      `${printable(out)} would be written over ${printable(path)}, which is read`,
      {
        hint: "name another file with --out",
      },
    )
  }
}
