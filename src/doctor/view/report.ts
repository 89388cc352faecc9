import { green, type Paint, red, yellow } from "../../cli/colour.ts"
import { wrap } from "../../cli/wrap.ts"
import { count, nameList, printable } from "../../core/text.ts"
import { titleOf } from "../core/finding.ts"
import { type Remedy, remedyText } from "../core/remedy.ts"
import type { Section } from "../run/doctor.ts"
import { type Told, toldSections } from "./digest.ts"

const indent = "  "
/** As wide as `not checked`, and two spaces. */
const answerWidth = 13
/** What AWS and the cluster answer may be anybody's text. A policy in a command is the longest that is meant. */
const maxLength = 8_000
/** Before what mends a link. */
const mark = "→ "

/**
 * The links of all sections as lines: the answer, the link and what was seen, and below a no what makes it go away. What is
 * broken comes last.
 *
 * @param paint gives an answer its colour; none by default.
 * @param columns where long texts go on in the next line; infinite for one line each. What is to be pasted is never cut.
 */
export function reportLines(
  sections: readonly Section[],
  columns: number,
  paint: Paint = (_, text) => text,
): readonly string[] {
  return toldSections(sections).flatMap(({ environment, told }, at) => [
    ...(at === 0 ? [] : [""]),
    nameOf(environment),
    ...told.flatMap((one) => toldLines(one, columns, paint)),
  ])
}

function nameOf(environment: string | null): string {
  return environment === null ? "the repository" : printable(environment)
}

const colours = { ok: green, no: red, "not checked": yellow } as const

function toldLines({ answer, text, remedies }: Told, columns: number, paint: Paint): readonly string[] {
  const lead = `${indent}${answer.padEnd(answerWidth)}`
  const [first = "", ...others] = hanging(lead, printable(text, maxLength), columns)
  const painted = `${indent}${paint(colours[answer], answer)}`
  return [
    `${painted}${first.slice(indent.length + answer.length)}`,
    ...others,
    ...remedies.flatMap((remedy) => remedyLines(remedy, columns)),
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

/** So many faults are named. */
const maxNamed = 5

/** Such as `31 links: 29 ok, 1 no, 1 not checked`, and which are a no where there are several sections. */
export function doctorSummary(sections: readonly Section[]): string {
  const all = sections.flatMap(({ findings }) => findings)
  const broken = sections.flatMap(({ environment, findings }) =>
    findings
      .filter(({ answer }) => answer === "no")
      .map((finding) => `${nameOf(environment)} ${printable(titleOf(finding))}`),
  )
  const answers = ["ok", "no", "not checked"] as const
  const counts = answers
    .map((answer) => [all.filter((finding) => finding.answer === answer).length, answer] as const)
    .filter(([n]) => n > 0)
    .map(([n, answer]) => `${n} ${answer}`)
  const summary = `${count(all.length, "link")}: ${counts.join(", ")}`
  return sections.length < 2 || broken.length === 0
    ? summary
    : `${summary}; no: ${nameList(broken, maxNamed)}`
}
