import { printable } from "../../core/text.ts"

const longest = 2_000

/** Control strings (OSC and the like), control sequences (CSI) and two-character escapes of ECMA-48. */
const escapes = new RegExp(
  [
    "(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)?",
    "(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]",
    "\\u001b[ -/]*[0-~]",
  ].join("|"),
  "g",
)

/**
 * A line of somebody's log made safe for a terminal: without colours and cursor movements, with the last state alone
 * of a line that overwrites itself, and at most 2000 characters long.
 */
export function logText(text: string): string {
  const plain = text.replace(escapes, "").replaceAll("\t", "    ")
  const last = plain.split(/[\r\n]/).findLast((part) => part !== "") ?? ""
  const safe = printable(last, longest)
  return safe.length > longest + 1 ? `${safe.slice(0, longest).replace(/[\ud800-\udbff]$/, "")}…` : safe
}
