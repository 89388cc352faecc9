import { describe, expect, test } from "vitest"
import type { PlannedBuild, Preview } from "../../../src/deploy/run/preview.ts"
import { previewLines } from "../../../src/deploy/view/preview.ts"
import { here } from "../../fake/here.ts"
import { newImage, oldImage } from "../core/scene.ts"

const commit = "1f".repeat(20)
const since = "2e".repeat(20)
const version = "00000000-0000-4000-8000-000000000003"
const web = ["deployment/web"]

const build: PlannedBuild = {
  project: "shop",
  reseals: null,
  commit,
  subject: "Mend the cart",
  since,
  ahead: 3,
  behind: 0,
}

function preview(change: Partial<Preview> = {}): Preview {
  return {
    environment: "production",
    app: "shop",
    cluster: "main",
    namespace: "shop",
    runs: [
      {
        images: { app: oldImage },
        commit: since,
        at: "2026-01-02T03:04:05Z",
        by: "anna@laptop",
        proven: true,
        workloads: ["deployment/web", "cronjob/report"],
        runsOn: ["deployment/web", "cronjob/report"],
      },
    ],
    build,
    image: null,
    hooks: { before: ["migrate"], after: ["warm", "tell"] },
    workloads: ["deployment/web", "cronjob/report"],
    secrets: [{ secret: "shop/production", version }],
    sealed: { state: "stale", versions: [version.replace("3", "2").replace("00000000", "11111111")] },
    changed: null,
    lock: null,
    warnings: [],
    failures: [],
    ...change,
  }
}

const told = (change: Partial<Preview>) => previewLines(preview(change), 200, here).map((line) => line.trim())

describe("what a deploy would do", () => {
  test("is a line for each part, in the order in which it would be done", () => {
    expect(previewLines(preview(), 80, here)).toEqual([
      "production  shop on main, namespace shop",
      "  runs      000000000000, commit 2e2e2e2, deployed 3:04, 4 minutes ago by",
      "            anna@laptop",
      "  builds    shop, commit 1f1f1f1 Mend the cart",
      "            3 commits ahead of 2e2e2e2; that one runs",
      "  before    hook migrate",
      "  changes   deployment/web, cronjob/report",
      "  after     hook warm, tell",
      "  secret    shop/production: 00000000 would be sealed, 11111111 is",
      "  lock      nobody deploys",
      "nothing was changed",
    ])
  })

  test.each<[string, Partial<PlannedBuild>]>([
    ["shop, of what the project itself names", { commit: null, subject: null }],
    ["the commit that runs", { since: commit, ahead: 0 }],
    ["which commit runs is not known", { since: null, ahead: null, behind: null }],
    ["3 commits ahead of 2e2e2e2, and without 1 of its commits; that one runs", { behind: 1 }],
    ["how far it is from 2e2e2e2, which runs, is not known here", { ahead: null, behind: null }],
    ["1 commit behind 2e2e2e2; that one runs", { ahead: 0, behind: 1 }],
  ])("says of a build: %s", (text, change) => {
    const lines = told({ build: { ...build, ...change } })
    expect(lines.some((line) => line.endsWith(text))).toBe(true)
  })

  test.each<[string, Partial<Preview>]>([
    [
      "shop/production: 00000000 is sealed, and would be again",
      { sealed: { state: "current", versions: [version] } },
    ],
    [
      "shop/production: 00000000 would be sealed; what is sealed is not known",
      { sealed: { state: "unknown", versions: [] } },
    ],
    [
      "shop/production: what would be sealed is not known",
      { secrets: [{ secret: "shop/production", version: null }] },
    ],
    ["shop/production: 00000000 is current", { build: null, image: newImage }],
  ])("says of a secret: %s", (text, change) => {
    expect(told(change).some((line) => line.endsWith(text))).toBe(true)
  })

  test("tells of a secret that changed which names did, and that no value did", () => {
    const names = [
      { name: "APP_KEY", change: "changed" },
      { name: "MAIL_KEY", change: "added" },
      { name: "DB_HOST", change: "changed" },
    ] as const
    expect(told({ changed: [{ secret: "shop/production", names }] })).toContain(
      "added MAIL_KEY; changed APP_KEY, DB_HOST",
    )
    expect(told({ changed: [{ secret: "shop/production", names: [] }] })).toContain("no value differs")
    expect(told({ changed: [{ secret: "shop/production", names: null }] })).toEqual(told({}))
  })

  test("names the image that is deployed, who deploys, and where releases run side by side", () => {
    const [first] = preview().runs
    const other = { images: { app: newImage }, workloads: web, runsOn: ["cronjob/report"], proven: false }
    const runs = [...(first === undefined ? [] : [{ ...first, runsOn: web }]), other]
    const lines = told({ build: null, image: newImage, lock: "otto@desk", runs })
    expect(lines).toEqual(
      expect.arrayContaining([
        "image     111111111111",
        "lock      otto@desk deploys",
        "111111111111, not proven, on cronjob/report",
      ]),
    )
    expect(told({ runs: [] })).toContain("runs      nothing that envseal knows of")
  })

  test("shows what others wrote harmlessly", () => {
    const evil = `\u001b[31m${"long ".repeat(60)}\u202e`
    const evilRun = {
      images: { app: evil },
      by: evil,
      at: evil,
      commit: evil,
      workloads: [evil],
      runsOn: [evil],
    }
    const change = { lock: evil, runs: [evilRun], secrets: [{ secret: evil, version: evil }] }
    const lines = previewLines(
      preview({ ...change, build: { ...build, subject: evil, since: evil } }),
      80,
      here,
    )
    for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })
})
