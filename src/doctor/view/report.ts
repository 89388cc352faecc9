import { count, printable } from "../../core/text.ts"
import { type Finding, titleOf } from "../core/finding.ts"
import { type Remedy, remedyText } from "../core/remedy.ts"
import type { Section } from "../run/doctor.ts"

const indent = "  "
/** As wide as `not checked`, and two spaces. */
const answerWidth = 13
/** What AWS and the cluster answer may be anybody's text. A policy in a command is the longest that is meant. */
const maxLength = 8_000
/** Before what mends a link. */
const mark = "→ "

/**
 * The links of all sections as lines: the answer, the link and what was seen, and below a no what makes it go away.
 *
 * @param columns where long texts go on in the next line; `null` for one line each. What is to be pasted is never cut.
 */
export function reportLines(sections: readonly Section[], columns: number | null): readonly string[] {
  return sections.flatMap(({ environment, findings }, at) => [
    ...(at === 0 ? [] : [""]),
    environment ?? "the repository",
    ...findings.flatMap((finding) => findingLines(finding, columns)),
  ])
}

function findingLines(finding: Finding, columns: number | null): readonly string[] {
  const below = " ".repeat(indent.length + answerWidth)
  const text = printable(`${titleOf(finding)}: ${finding.text}`, maxLength)
  const width = columns === null ? Number.POSITIVE_INFINITY : columns - below.length
  const [first = "", ...others] = wrapped(text, width)
  return [
    `${indent}${finding.answer.padEnd(answerWidth)}${first}`,
    ...others.map((line) => `${below}${line}`),
    ...finding.remedies.flatMap((remedy) => remedyLines(remedy, width).map((line) => `${below}${line}`)),
  ]
}

/** What is to be pasted or looked up stays one line; advice goes on in the next one. */
function remedyLines(remedy: Remedy, width: number): readonly string[] {
  const text = printable(remedyText(remedy), maxLength)
  const [first = "", ...others] = remedy.type === "advice" ? wrapped(text, width - mark.length) : [text]
  return [`${mark}${first}`, ...others.map((line) => `${" ".repeat(mark.length)}${line}`)]
}

/** Lines of that width at most, but for words that are longer. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ""
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`
    if (longer.length > width && line !== "") {
      lines.push(line)
      line = word
    } else {
      line = longer
    }
  }
  return [...lines, line]
}

/** Such as `31 links: 29 ok, 1 no, 1 not checked`. */
export function doctorSummary(sections: readonly Section[]): string {
  const all = sections.flatMap(({ findings }) => findings)
  const answers = ["ok", "no", "not checked"] as const
  const counts = answers
    .map((answer) => [all.filter((finding) => finding.answer === answer).length, answer] as const)
    .filter(([n]) => n > 0)
    .map(([n, answer]) => `${n} ${answer}`)
  return `${count(all.length, "link")}: ${counts.join(", ")}`
}
