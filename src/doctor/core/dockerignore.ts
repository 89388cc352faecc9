import { type Finding, no, of, ok } from "./finding.ts"
import { commandLine, type Remedy } from "./remedy.ts"

const subject = of("dockerignore")

/**
 * Whether the folder of the build is sent to Docker without `.env`, and with `.env.sealed`.
 *
 * @param text `null` when there is none.
 */
export function judgeDockerignore(text: string | null): Finding {
  const patterns = patternsOf(text ?? "")
  if (!isIgnored(".env", patterns)) {
    const why = text === null ? "there is none, and a .env in the folder" : "a .env in the folder"
    return no(
      subject,
      `${why} would come into the image`,
      append(text, ".env", ".env.*", "!.env.sealed", "!.env.example"),
    )
  }
  if (isIgnored(".env.sealed", patterns)) {
    return no(subject, "it keeps .env.sealed out", append(text, "!.env.sealed"))
  }
  return ok(subject, "keeps .env out")
}

/** @param text what is there: its last line may have no end. */
function append(text: string | null, ...lines: readonly string[]): Remedy {
  const words = (text ?? "") === "" || text?.endsWith("\n") ? lines : ["", ...lines]
  return commandLine(`printf '%s\\n' ${words.map((line) => `'${line}'`).join(" ")} >> .dockerignore`)
}

interface Pattern {
  readonly expression: RegExp
  readonly keeps: boolean
}

/** The last pattern that matches decides (Docker reference, ".dockerignore files"). */
function isIgnored(path: string, patterns: readonly Pattern[]): boolean {
  const last = patterns.findLast(({ expression }) => expression.test(path))
  return last !== undefined && !last.keeps
}

function patternsOf(text: string): readonly Pattern[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const keeps = line.startsWith("!")
      const glob = (keeps ? line.slice(1) : line).replace(/^\.?\/+/, "").replace(/\/+$/, "")
      return { expression: expressionOf(glob), keeps }
    })
}

function expressionOf(glob: string): RegExp {
  const body = glob.replace(/\*\*\/?|\*|\?|[^\w/]/g, (part) => {
    if (part.startsWith("**")) return "(?:.*/)?"
    if (part === "*") return "[^/]*"
    return part === "?" ? "[^/]" : `\\${part}`
  })
  return new RegExp(`^${body}$`, "s")
}
