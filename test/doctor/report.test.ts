import { expect, test } from "vitest"
import { no, of, ok, unchecked } from "../../src/doctor/core/finding.ts"
import { advice, command } from "../../src/doctor/core/remedy.ts"
import type { Section } from "../../src/doctor/run/doctor.ts"
import { doctorSummary, reportLines } from "../../src/doctor/view/report.ts"

const long = "word ".repeat(30).trim()
const sections: readonly Section[] = [
  {
    environment: "production",
    findings: [
      ok(of("clock"), "agrees with AWS"),
      no(of("account"), long, command("aws", ...long.split(" ")), advice(long)),
      unchecked(of("project", "shop"), "depends on account"),
    ],
  },
  { environment: null, findings: [ok(of("dockerfile"), "is right")] },
]

test("a report has the answer, the link and what was seen, and below a no what mends it", () => {
  expect(reportLines(sections, Number.POSITIVE_INFINITY)).toEqual([
    "production",
    "  ok           clock: agrees with AWS",
    `  no           account: ${long}`,
    `               → run: aws ${long}`,
    `               → ${long}`,
    "  not checked  project shop: depends on account",
    "",
    "the repository",
    "  ok           Dockerfile: is right",
  ])
})

test("a report for a terminal is no wider than it, but for what is to be pasted", () => {
  const lines = reportLines(sections, 80)
  expect(lines.filter((line) => line.length > 80)).toEqual([`               → run: aws ${long}`])
  expect(lines.join(" ").replace(/\s+/g, " ")).toBe(
    reportLines(sections, Number.POSITIVE_INFINITY).join(" ").replace(/\s+/g, " "),
  )
})

test("a summary counts the answers that there are", () => {
  expect(doctorSummary(sections)).toBe("4 links: 2 ok, 1 no, 1 not checked")
  expect(doctorSummary(sections.slice(1))).toBe("1 link: 1 ok")
})

test("a report shows what was answered without what a terminal would obey", () => {
  const said = [{ environment: "production", findings: [ok(of("project", "shop"), "a\u001b[2Jb\u202ec")] }]
  expect(reportLines(said, Number.POSITIVE_INFINITY)[1]).toBe(
    "  ok           project shop: a\\u{1b}[2Jb\\u{202e}c",
  )
})

test("each answer has its colour, and nothing else has one", () => {
  const finding = { link: "clock", about: "", text: "x", remedies: [] } as const
  const answers = ["ok", "no", "not checked"] as const
  const painted = [
    { environment: "a\u001b[1mb", findings: answers.map((answer) => ({ ...finding, answer })) },
  ]
  const mark = (colour: string, text: string) => `<${colour}>${text}</>`
  expect(reportLines(painted, Number.POSITIVE_INFINITY, mark)).toEqual([
    "a\\u{1b}[1mb",
    "  <32>ok</>           clock: x",
    "  <31>no</>           clock: x",
    "  <33>not checked</>  clock: x",
  ])
})
