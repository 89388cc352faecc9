import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../src/core/error.ts"
import type { ClusterStatus } from "../../src/status/run/cluster-apps.ts"
import { lostFailure } from "../../src/status/run/loss.ts"
import { JsonClusterView, LiveClusterView, PlainClusterView } from "../../src/status/view/cluster-view.ts"
import { cronJob, deployment, oldImage } from "../deploy/core/scene.ts"
import { identity } from "../script/harness.ts"
import { home, now, release, Site, siteOf, written } from "./cluster-scene.ts"
import { screen } from "./screen.ts"

const web = written(deployment())
const staging = written(deployment(), { home: { ...home, environment: "staging" } })
const lost = (status: ClusterStatus): ClusterStatus => ({
  ...status,
  ok: null,
  failures: [lostFailure("connection refused")],
})

/** What a line for each change says of these, in turn, without its time. */
function linesOf(...statuses: readonly ClusterStatus[]): readonly string[] {
  const lines: string[] = []
  const view = new PlainClusterView(
    () => now,
    (text) => lines.push(text),
  )
  for (const status of statuses) view.show(status)
  expect(lines.filter((line) => !/^\d\d:\d\d:\d\d [^\n]+\n$/.test(line))).toEqual([])
  return lines.map((line) => line.slice(9, -1))
}

describe("a whole cluster on a terminal", () => {
  test("is drawn again with each change, and once a minute with the ages of then", async () => {
    const { drawn, terminal } = screen(24)
    let at = now
    const view = new LiveClusterView(terminal, () => at)
    view.passTime()
    expect(drawn).toEqual(["asking"])
    view.show(await siteOf(web).look())
    expect(drawn.at(-1)?.split("\n")).toEqual([
      "APP   ENVIRONMENT  NAMESPACE  RELEASE       COMMIT   SECRET   AGE  STATE",
      "shop  production   shop       111111111111  1f1f1f1  current  25h  proven",
      "main: 1 environment, 1 workload",
    ])
    at = new Date(now.getTime() + 24 * 60 * 60_000)
    view.passTime()
    expect(drawn.at(-1)).toContain("  2d   proven")
    expect(drawn).toHaveLength(3)
  })

  test("has one line more while it cannot be seen, and only that when nothing was seen", async () => {
    const { drawn, terminal } = screen(24)
    const view = new LiveClusterView(terminal, () => now)
    const why = "not known: the cluster cannot be seen: connection refused [REMOTE_FAILED]"
    view.show(lost(await siteOf(web).look()))
    expect(drawn.at(-1)?.split("\n").slice(-2)).toEqual(["main: 1 environment, 1 workload", why])
    view.show(lost(await siteOf().look()))
    expect(drawn.at(-1)?.split("\n")).toEqual([`main: ${why}`])
  })

  test("names once each kind that may not be listed", async () => {
    const { drawn, terminal } = screen(24)
    const site = siteOf(web)
    site.denied = ["CronJob"]
    new LiveClusterView(terminal, () => now).show(await site.look())
    expect(drawn.at(-1)?.split("\n").slice(2)).toEqual([
      "main: 1 environment, 1 workload",
      "you may not list CronJobs",
    ])
  })

  test("takes no more lines than it has, and what is said stands above", async () => {
    const { drawn, terminal } = screen(4)
    const view = new LiveClusterView(terminal, () => now)
    view.show(await siteOf(web, staging, written(cronJob(), { namespace: "books" })).look())
    const frame = drawn.at(-1) ?? ""
    expect(frame.split("\n").slice(2)).toEqual(["and 3 more lines; --namespace NAME looks at a part of them"])
    view.beside(() => drawn.push("a warning"))
    expect(drawn.slice(-3)).toEqual(["cleared", "a warning", frame])
  })
})

describe("a line for each change in a cluster", () => {
  test("tells each environment at first, and then what is new of one", async () => {
    const before = await siteOf(web, staging).look()
    const foreign = written(deployment(2, {}, oldImage), { home: { ...home, environment: "staging" } })
    const mixed = written(cronJob(), { releases: [{ ...release, run: "run-2" }] })
    expect(
      linesOf(
        before,
        before,
        await siteOf(web, foreign).look(),
        await siteOf(web, mixed, foreign).look(),
        await siteOf(web).look(),
        before,
      ),
    ).toEqual([
      "shop production in shop: proven; image 111111111111; commit 1f1f1f1; secret current; 1 workload",
      "shop staging in shop: proven; image 111111111111; commit 1f1f1f1; secret current; 1 workload",
      "shop staging in shop: by others; image 000000000000; 1 workload",
      "shop production in shop: mixed; 2 releases; 2 workloads",
      "shop production in shop: proven; image 111111111111; commit 1f1f1f1; secret current; 1 workload",
      "shop staging in shop: gone",
      "shop staging in shop: proven; image 111111111111; commit 1f1f1f1; secret current; 1 workload",
    ])
  })

  test("is one for a cluster that cannot be seen, and one when it is back", async () => {
    const nothing = await siteOf().look()
    const why = "main: not known: the cluster cannot be seen: connection refused [REMOTE_FAILED]"
    expect(linesOf(lost(nothing), lost(nothing))).toEqual([why])
    const seen = await siteOf(web).look()
    expect(linesOf(seen, lost(seen), lost(seen), seen).slice(1)).toEqual([why, "main: all could be asked"])
  })

  test("says that there is nothing", async () => {
    expect(linesOf(await siteOf().look("shop"))).toEqual([
      "main, namespace shop: envseal deployed nothing that can be seen",
    ])
  })

  test("does not say that all could be asked after there was nothing", async () => {
    const nothing = await siteOf().look()
    expect(linesOf(nothing, await siteOf(web).look(), nothing)).toEqual([
      "main: envseal deployed nothing that can be seen",
      expect.stringMatching(/^shop production in shop: proven; /),
      "shop production in shop: gone",
      "main: envseal deployed nothing that can be seen",
    ])
  })
})

test("no view tells an identity, or obeys what others wrote in the cluster", async () => {
  const evil = `${identity} \u001b[2J\u202e`
  const site = siteOf(
    written(deployment(), {
      home: { ...home, app: evil, environment: evil },
      namespace: evil,
      releases: [{ ...release, commit: evil }],
    }),
  )
  const found = await site.look()
  const status = { ...found, failures: [lostFailure(new EnvsealError("REMOTE_FAILED", evil).message)] }
  const { drawn, terminal } = screen(24)
  new LiveClusterView(terminal, () => now).show(status)
  const lines = [...linesOf(status), ...(drawn.at(-1) ?? "").split("\n")]
  new JsonClusterView((text) => lines.push(text.slice(0, -1))).show(status)
  expect(lines.length).toBeGreaterThan(5)
  for (const line of lines) {
    expect(line).not.toContain(identity)
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  }
})

test("a document with --json is one line, as that of a single look", async () => {
  const lines: string[] = []
  const status = await new Site().look()
  new JsonClusterView((text) => lines.push(text)).show(status)
  expect(lines).toEqual([`${JSON.stringify(status)}\n`])
})
