import { green, type Paint, red, yellow } from "../../cli/colour.ts"
import { wrap } from "../../cli/wrap.ts"
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
 * @param paint gives an answer its colour; none by default.
 * @param columns where long texts go on in the next line; infinite for one line each. What is to be pasted is never cut.
 */
export function reportLines(
  sections: readonly Section[],
  columns: number,
  paint: Paint = (_, text) => text,
): readonly string[] {
  return sections.flatMap(({ environment, findings }, at) => [
    ...(at === 0 ? [] : [""]),
    environment === null ? "the repository" : printable(environment),
    ...findings.flatMap((finding) => findingLines(finding, columns, paint)),
  ])
}

const colours = { ok: green, no: red, "not checked": yellow } as const

function findingLines(finding: Finding, columns: number, paint: Paint): readonly string[] {
  const text = printable(`${titleOf(finding)}: ${finding.text}`, maxLength)
  const answer = `${indent}${finding.answer.padEnd(answerWidth)}`
  const [first = "", ...others] = hanging(answer, text, columns)
  const painted = `${indent}${paint(colours[finding.answer], finding.answer)}`
  return [
    `${painted}${first.slice(indent.length + finding.answer.length)}`,
    ...others,
    ...finding.remedies.flatMap((remedy) => remedyLines(remedy, columns)),
  ]
}

/** What is to be pasted or looked up stays one line; advice goes on in the next one. */
function remedyLines(remedy: Remedy, columns: number): readonly string[] {
  const lead = `${" ".repeat(indent.length + answerWidth)}${mark}`
  const text = printable(remedyText(remedy), maxLength)
  return remedy.type === "advice" ? hanging(lead, text, columns) : [`${lead}${text}`]
}

/** A text that goes on below itself. */
function hanging(lead: string, text: string, columns: number): readonly string[] {
  const below = " ".repeat(lead.length)
  const [first = "", ...others] = wrap(`${below}${text}`, { columns, indent: below })
  return [`${lead}${first.slice(lead.length)}`, ...others]
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
