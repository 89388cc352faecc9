import type { Problem } from "../core/error.ts"
import { hijackingNames, nameMatcher } from "./special-names.ts"

const grammar = /^[A-Za-z_][A-Za-z0-9_]*$/

/** The most names a secret may have; phpdotenv's time to read them grows with their square. */
export const maxNames = 5_000

/** The longest name that is accepted, in characters. */
export const maxNameLength = 255

/** Variables a shell owns: assigning them fails or has another effect than to store the value. */
const shellNames = new Set([
  "UID",
  "EUID",
  "PPID",
  "GROUPS",
  "RANDOM",
  "SRANDOM",
  "SECONDS",
  "LINENO",
  "DIRSTACK",
  "FUNCNAME",
  "OPTIND",
  "HISTCMD",
  "_",
])

/** What PHP itself puts into `$_SERVER` in a terminal: Laravel takes no other value for them, whatever `.env` says. */
const phpNames = new Set([
  "argv",
  "argc",
  "PHP_SELF",
  "SCRIPT_NAME",
  "SCRIPT_FILENAME",
  "PATH_TRANSLATED",
  "DOCUMENT_ROOT",
  "REQUEST_TIME",
  "REQUEST_TIME_FLOAT",
])

/** Names that some JavaScript readers of `.env` drop or choke on. */
const scriptNames = new Set([
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
])

const isHijacking = nameMatcher(hijackingNames.map(({ names }) => names).join(" "))

/** npm reads its own names in either case. */
const npmPrefix = /^npm_config_/i

/**
 * The rule a name breaks, or `null` when it may be sealed.
 *
 * The grammar is the one that all readers share; any other line of a `.env` is executed as a command by a
 * shell that sources the file.
 */
export function nameProblem(name: string): Problem | null {
  if (!grammar.test(name)) {
    const reason = name === "" ? "is empty" : "is not letters, digits and _ with no digit first"
    return { code: "BAD_NAME", name, reason }
  }
  if (name.length > maxNameLength) {
    return { code: "BAD_NAME", name, reason: `is longer than ${maxNameLength} characters` }
  }
  if (isHijacking(name) || (npmPrefix.test(name) && isHijacking(name.toUpperCase()))) {
    return { code: "FORBIDDEN_NAME", name, reason: "could change which code the process runs" }
  }
  if (shellNames.has(name)) return { code: "FORBIDDEN_NAME", name, reason: "belongs to the shell" }
  if (phpNames.has(name)) {
    const reason = "belongs to PHP, whose own value Laravel gets instead"
    return { code: "FORBIDDEN_NAME", name, reason }
  }
  if (scriptNames.has(name)) {
    return { code: "FORBIDDEN_NAME", name, reason: "is lost or breaks in JavaScript readers" }
  }
  return null
}
