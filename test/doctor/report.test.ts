import { describe, expect, test } from "vitest"
import { no, of, ok, unchecked, waiting } from "../../src/doctor/core/finding.ts"
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
      waiting(of("project", "shop"), of("account")),
    ],
  },
  { environment: null, findings: [ok(of("dockerfile"), "is right")] },
]

test("a report has the answer, the link and what was seen, and below a no what mends it", () => {
  expect(reportLines(sections, Number.POSITIVE_INFINITY)).toEqual([
    "production",
    "  ok           clock: agrees with AWS",
    "  not checked  project shop: depends on account",
    `  no           account: ${long}`,
    `               → run: aws ${long}`,
    `               → ${long}`,
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
  expect(doctorSummary(sections)).toBe("4 links: 2 ok, 1 no, 1 not checked; no: production account")
  expect(doctorSummary(sections.slice(0, 1))).toBe("3 links: 1 ok, 1 no, 1 not checked")
  expect(doctorSummary(sections.slice(1))).toBe("1 link: 1 ok")
})

test("a report shows what was answered without what a terminal would obey", () => {
  const said = [{ environment: "production", findings: [ok(of("project", "shop"), "a\u001b[2Jb\u202ec")] }]
  expect(reportLines(said, Number.POSITIVE_INFINITY)[1]).toBe(
    "  ok           project shop: a\\u{1b}[2Jb\\u{202e}c",
  )
})

test("each answer has its colour, and nothing else has one", () => {
  const finding = { link: "clock", about: "", text: "x", remedies: [], waitsFor: null } as const
  const answers = ["ok", "no", "not checked"] as const
  const painted = [
    { environment: "a\u001b[1mb", findings: answers.map((answer) => ({ ...finding, answer })) },
  ]
  const mark = (colour: string, text: string) => `<${colour}>${text}</>`
  expect(reportLines(painted, Number.POSITIVE_INFINITY, mark)).toEqual([
    "a\\u{1b}[1mb",
    "  <32>ok</>           clock: x",
    "  <33>not checked</>  clock: x",
    "  <31>no</>           clock: x",
  ])
})

describe("a cause is told once", () => {
  const fault = no(of("account"), "there are no credentials", advice("aws sso login"))
  const told = (...all: readonly Section[]) => reportLines(all, Number.POSITIVE_INFINITY)

  test("without its name twice, where all that waits is of the very thing", () => {
    const findings = [
      waiting(of("project.role", "shop"), of("project", "shop")),
      waiting(of("project.source", "shop"), of("project", "shop")),
      no(of("project", "shop"), "is not there", advice("make it")),
    ]
    expect(told({ environment: "production", findings })).toContain(
      "  not checked  2 links wait for project shop itself",
    )
  })

  test("with all that waits for it, also by way of another link, and what is broken stands last", () => {
    const findings = [
      ok(of("clock"), "agrees with AWS"),
      fault,
      waiting(of("project", "shop"), of("account")),
      waiting(of("project.role", "shop"), of("account")),
      waiting(of("cluster"), of("account")),
      waiting(of("namespace", "shop"), of("cluster")),
      waiting(
        of("workload.pin", "deployment/web"),
        of("account"),
        "there are no credentials that are accepted",
      ),
    ]
    expect(told({ environment: "production", findings })).toEqual([
      "production",
      "  ok           clock: agrees with AWS",
      "  not checked  5 links wait for account: project shop, cluster, namespace shop, deployment/web",
      "  no           account: there are no credentials",
      "               → aws sso login",
    ])
  })

  test("where several links are not checked for the same reason", () => {
    const why = "kms:DescribeKey is not allowed to you"
    const findings = [
      unchecked(of("key.state", "alias/shop"), why),
      unchecked(of("key.kind", "alias/shop"), why),
      unchecked(of("clock"), "AWS has not answered"),
    ]
    expect(told({ environment: "production", findings })).toEqual([
      "production",
      `  not checked  2 links of key alias/shop: ${why}`,
      "  not checked  clock: AWS has not answered",
    ])
  })

  test("where environments share it, with what mends it at the first", () => {
    const other = no(of("account"), "the credentials are of 222222222222", advice("use others"))
    const all = ["staging", "production"].map((environment) => ({ environment, findings: [fault] }))
    expect(told(...all, { environment: "qa", findings: [other] })).toEqual([
      ...[
        "staging",
        "  no           account: there are no credentials",
        "               → aws sso login",
        "",
      ],
      ...["production", "  no           account: the same as in staging, above", ""],
      ...["qa", "  no           account: the credentials are of 222222222222", "               → use others"],
    ])
  })

  test("and links that wait for each other end no report", () => {
    const findings = [waiting(of("project", "a"), of("cluster")), waiting(of("cluster"), of("project", "a"))]
    expect(told({ environment: "production", findings })).toHaveLength(3)
  })
})
