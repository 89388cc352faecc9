import { nameList } from "../../core/text.ts"
import { type Finding, type LinkSubject, subjectOf, titleOf } from "../core/finding.ts"
import type { Remedy } from "../core/remedy.ts"
import type { Section } from "../run/doctor.ts"

/** One or several findings that a person reads as one thing. */
export interface Told {
  readonly answer: Finding["answer"]
  readonly text: string
  readonly remedies: readonly Remedy[]
}

/** A section as a person reads it. */
export interface ToldSection {
  readonly environment: string | null
  readonly told: readonly Told[]
}

/** So many subjects are named. */
const shown = 6

/**
 * The findings of all sections, each cause once: what waits for one link is told together, and so is what is not checked for
 * one reason. What is broken comes last, where the eye is when all is printed; the same fault of a later section is told
 * without what mends it.
 */
export function toldSections(sections: readonly Section[]): readonly ToldSection[] {
  const faults = new Map<string, string | null>()
  return sections.map(({ environment, findings }) => {
    const broken = findings.filter(({ answer }) => answer === "no")
    return {
      environment,
      told: [
        ...findings.filter(({ answer }) => answer === "ok").map(toldAlone),
        ...uncheckedOf(findings),
        ...broken.map((finding) => toldFault(finding, environment, faults)),
      ],
    }
  })
}

function toldAlone(finding: Finding): Told {
  const { answer, text, remedies } = finding
  return { answer, text: `${titleOf(finding)}: ${text}`, remedies }
}

/** @param faults what was told before, and in which section. */
function toldFault(finding: Finding, environment: string | null, faults: Map<string, string | null>): Told {
  const told = toldAlone(finding)
  const key = JSON.stringify(told)
  const before = faults.get(key)
  if (before === undefined) {
    faults.set(key, environment)
    return told
  }
  const where = before === null ? "in the repository" : `in ${before}`
  return { answer: "no", text: `${titleOf(finding)}: the same as ${where}, above`, remedies: [] }
}

function uncheckedOf(findings: readonly Finding[]): readonly Told[] {
  const groups = Map.groupBy(
    findings.filter(({ answer }) => answer === "not checked"),
    (finding) => JSON.stringify(reasonFor(finding, findings)),
  )
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = group
    if (first === undefined) return []
    return [others.length === 0 ? toldAlone(first) : toldTogether(group, reasonFor(first, findings))]
  })
}

function toldTogether(group: readonly Finding[], reason: Reason): Told {
  const subjects = nameList([...new Set(group.map(subjectOf))], shown)
  const title = typeof reason === "string" ? null : titleOf(reason)
  const text =
    title === null
      ? `${group.length} links of ${subjects}: ${reason}`
      : `${group.length} links wait for ${title}${subjects === title ? " itself" : `: ${subjects}`}`
  return { answer: "not checked", text, remedies: [] }
}

/** Why a link is not checked: what it waits for in the end, or what was seen of it. */
type Reason = LinkSubject | string

/** @param findings where the cause is looked for: not in the finding itself, nor in one that waits for it. */
function reasonFor(finding: Finding, findings: readonly Finding[]): Reason {
  const { waitsFor, text } = finding
  if (waitsFor === null) return text
  const others = findings.filter((one) => one !== finding)
  const base = others.find(({ link, about }) => link === waitsFor.link && about === waitsFor.about)
  const further = base === undefined ? text : reasonFor(base, others)
  return typeof further === "string" ? waitsFor : further
}
