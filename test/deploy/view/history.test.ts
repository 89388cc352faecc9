import { describe, expect, test } from "vitest"
import type { HistoryEntry } from "../../../src/deploy/core/history.ts"
import { historyLines } from "../../../src/deploy/view/history.ts"
import { here } from "../../fake/here.ts"
import { newImage, oldImage } from "../core/scene.ts"

const paint = (_: string, text: string) => text

function lines(releases: readonly HistoryEntry[], columns = 80) {
  const place = { environment: "production", app: "shop", cluster: "main", namespace: "shop", missing: [] }
  return historyLines({ ...place, releases }, { columns, paint, here })
}

const newest: HistoryEntry = {
  images: { app: newImage },
  build: "shop:3b0e7637-0000-4000-8000-000000000001",
  commit: "1f1f1f1".padEnd(40, "0"),
  secretVersion: "00000000-0000-4000-8000-000000000002",
  at: "2026-01-02T03:04:05.678Z",
  by: "anna@laptop",
  run: "run-2",
  proven: false,
  workloads: ["deployment/web"],
  runsOn: ["deployment/web"],
}
const oldest: HistoryEntry = {
  images: { app: oldImage },
  workloads: ["deployment/web", "deployment/worker"],
  runsOn: ["deployment/worker"],
}

describe("the table of a history", () => {
  test("has a row for each release, with a star where it runs", () => {
    expect(lines([newest, oldest])).toEqual([
      "production  shop on main, namespace shop",
      "    RELEASE       BUILD     COMMIT   SECRET    DEPLOYED  STATE",
      "  * 111111111111  3b0e7637  1f1f1f1  00000000  3:04      not proven",
      "      4 minutes ago by anna@laptop",
      "      known of deployment/web",
      "      runs on deployment/web",
      "  * 000000000000  -         -        -         -         -",
      "      not set by envseal",
      "      runs on deployment/worker",
    ])
  })

  test("says that there is none", () => {
    expect(lines([])).toEqual([
      "production  shop on main, namespace shop",
      "  no release is known: nothing was deployed by envseal",
    ])
  })

  test.each([80, 60])("shows what others wrote harmlessly, no line over %i columns", (columns) => {
    const evil = `\u001b[31m${"long ".repeat(60)}\u202e`
    const release = { ...newest, build: evil, commit: evil, secretVersion: evil, at: evil, by: evil }
    const workloads = [evil, "deployment/web"]
    for (const line of lines([{ ...release, images: { app: evil }, workloads }, oldest], columns)) {
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
      expect(line.length).toBeLessThanOrEqual(columns)
    }
  })
})
