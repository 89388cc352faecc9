import dockerignore from "@balena/dockerignore"
import { type Finding, no, of, ok } from "./finding.ts"
import { advice, commandLine, type Remedy } from "./remedy.ts"

const subject = of("dockerignore")

/**
 * Whether the folder of the build is sent to Docker without `.env`, and with `.env.sealed`.
 *
 * @param text `null` when there is none.
 * @param file what it is called.
 */
export function judgeDockerignore(text: string | null, file = ".dockerignore"): Finding {
  const lines = (text ?? "").split(/\r?\n/)
  const broken = lines.findIndex((line) => !isReadable(line))
  if (broken >= 0) {
    const line = `line ${broken + 1}`
    return no(subject, `${line} is no pattern that Docker can read`, advice(`mend ${line} of ${file}`))
  }
  if (!isIgnored(".env", lines)) {
    const why = text === null ? "there is none, and a .env in the folder" : "a .env in the folder"
    return no(
      subject,
      `${why} would come into the image`,
      append(file, text, ".env", ".env.*", "!.env.sealed", "!.env.example"),
    )
  }
  if (isIgnored(".env.sealed", lines)) {
    return no(subject, "it keeps .env.sealed out", append(file, text, "!.env.sealed"))
  }
  return ok(subject, "keeps .env out")
}

/** @param text what is in the file: its last line may have no end. */
function append(file: string, text: string | null, ...lines: readonly string[]): Remedy {
  const words = (text ?? "") === "" || text?.endsWith("\n") ? lines : ["", ...lines]
  return commandLine(`printf '%s\\n' ${words.map((line) => `'${line}'`).join(" ")} >> ${file}`)
}

/** Whether the lines of a `.dockerignore` keep a path out. @throws SyntaxError for a line that Docker cannot read. */
export function isIgnored(path: string, lines: readonly string[]): boolean {
  // Docker tells upper case from lower case; the library does so only when asked.
  return dockerignore.default({ ignorecase: false }).add(lines.map(escapeSigns)).ignores(path)
}

/** Docker refuses to build with a pattern that is broken, or with an exclusion of nothing. */
function isReadable(line: string): boolean {
  if (line.trim() === "!") return false
  try {
    isIgnored(".env", [line])
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/** Signs that mean themselves to Docker, and something else in the regular expression that the library makes. */
function escapeSigns(line: string): string {
  return line.replace(/\\.|(?<!\[)\^|[+()|{}]/gs, (sign) => (sign.startsWith("\\") ? sign : `\\${sign}`))
}
