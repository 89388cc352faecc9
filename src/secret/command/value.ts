import { stdinIsTerminal } from "../../adapters/node/standard-streams.ts"
import { askHidden } from "../../cli/ask.ts"
import { EnvsealError } from "../../core/error.ts"
import { Secret } from "../../core/secret.ts"
import { decodeUtf8, printable } from "../../core/text.ts"
import { nameProblem } from "../../dotenv/name.ts"
import type { EditorPorts } from "../run/ports.ts"

/** More than one secret can hold. */
const maxBytes = 131_072

/**
 * The value of a name: from a hidden prompt at a terminal, else from standard input. The line end of a single line is
 * no part of it, as `echo` puts one there.
 *
 * @throws EnvsealError `USAGE`, `SECRET_REFUSED` or `INPUT_TOO_LARGE`.
 */
export async function readValue(name: string, { sealing }: Pick<EditorPorts, "sealing">): Promise<Secret> {
  if (stdinIsTerminal()) return askedValue(name)
  const text = decodeUtf8(await sealing.files.readStdin(maxBytes))
  if (text === null) throw new EnvsealError("SECRET_REFUSED", `the value of ${name} is not UTF-8`)
  if (text === "") {
    throw new EnvsealError("USAGE", `standard input has no value for ${name}`, {
      hint: `pipe it in, or take the name away: envseal secret unset`,
    })
  }
  return new Secret(text.replace(/^([^\r\n]*)\r?\n$/, "$1"))
}

/** An Enter that was hit too soon shows as nothing, and would empty a password. */
async function askedValue(name: string): Promise<Secret> {
  const { answer, isOnly } = await askHidden(`Value of ${name}:`)
  if (!isOnly) {
    throw new EnvsealError(
      "SECRET_REFUSED",
      `the value of ${name} has several lines, and a prompt takes one`,
      {
        hint: `a value of several lines comes from standard input: envseal secret set ENVIRONMENT ${name} < FILE`,
      },
    )
  }
  if (!answer.equals(new Secret(""))) return answer
  throw new EnvsealError("USAGE", `no value was given for ${name}`, {
    hint: "type it; one that is to be empty comes from standard input: echo | envseal secret set ENVIRONMENT NAME",
  })
}

/**
 * A name as an argument. What is no name may be a value that was typed in its place, and is not repeated.
 *
 * @throws EnvsealError `USAGE`
 */
export function checkName(name: string): string {
  const problem = nameProblem(name)
  if (problem === null) return name
  const isName = problem.code !== "BAD_NAME"
  throw new EnvsealError("USAGE", `${isName ? printable(name) : "an argument"} ${problem.reason}`, {
    hint: isName
      ? "choose another name: docs/format.md lists those that are refused"
      : "write the name alone, such as DB_PASSWORD; a value comes from standard input or a hidden prompt",
  })
}
