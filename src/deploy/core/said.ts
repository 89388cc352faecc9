import { printable } from "../../core/text.ts"

/** What fits on a few lines of a terminal. */
const usual = 500

/** A name of an image with its tag or digest, as the messages of a kubelet repeat it, and what stands around it. */
const imageName =
  /(: | )?"?([\w.-]+(?::\d+)?(?:\/[\w.-]+)+(?:(?::[\w.-]*\w)?@sha256:[0-9a-f]{64}|:[\w.-]*\w))"?(?=(:|$|))/g

/**
 * What a container or the cluster said, in one line of a message: of several lines the last one, for there a trace
 * ends; the name of an image once; and what is too long without its middle, because the cause stands at the end.
 *
 * @param max characters, before what a terminal would obey is made visible.
 */
export function saidText(message: string, max = usual): string {
  const text = withoutRepeats(lastLineOf(message))
  if (text.length <= max) return printable(text, max)
  const tail = Math.ceil((max - 1) / 2)
  return printable(`${text.slice(0, max - 1 - tail)}…${text.slice(text.length - tail)}`, max)
}

/** @returns an empty text when there is no line. */
export function lastLineOf(message: string): string {
  const lines = message.split(/[\r\n]+/).map((line) => line.trim())
  return lines.findLast((line) => line !== "") ?? ""
}

function withoutRepeats(text: string): string {
  const seen = new Set<string>()
  return text.replaceAll(
    imageName,
    (whole, lead: string | undefined, name: string, next: string, at: number) => {
      if (!seen.has(name)) {
        seen.add(name)
        return whole
      }
      // `reference "NAME": NAME: not found` becomes `reference: not found`.
      if (lead === " ") return ""
      const isEnd = next === ":" || at + whole.length === text.length
      return lead === ": " && isEnd ? "" : whole
    },
  )
}
