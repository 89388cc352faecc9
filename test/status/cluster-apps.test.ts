import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../src/core/error.ts"
import type { Workload } from "../../src/core/kubernetes.ts"
import type { Home } from "../../src/deploy/core/home.ts"
import type { ClusterStatus } from "../../src/status/run/cluster-apps.ts"
import { clusterLines } from "../../src/status/view/cluster-table.ts"
import { cronJob, deployment, newImage, oldImage } from "../deploy/core/scene.ts"
import { failureOf } from "../fake/failure.ts"
import { home, now, release, type Site, siteOf, version, written } from "./cluster-scene.ts"

describe("a look at a whole cluster", () => {
  test("has one entry for the workloads of an environment, by what deploys wrote on them", async () => {
    const site = siteOf(written(deployment()), written(cronJob()), deployment(2, {}, "nginx:1"))
    expect(await site.look()).toEqual({
      ...{ at: now.toISOString(), cluster: "main", namespace: null, ok: true, unseen: [], failures: [] },
      apps: [
        {
          ...{ app: "shop", environment: "production", namespace: "shop", ok: true },
          workloads: ["deployment/web", "cronjob/web"],
          runs: [expect.objectContaining({ commit: release.commit, proven: true })],
          secret: { state: "current", versions: [version] },
        },
      ],
    })
    expect(site.asked).toEqual(["eu-west-1 shop/production"])
  })

  test("tells environments, apps and namespaces apart, and can look at one namespace", async () => {
    const site = siteOf(
      written(deployment()),
      written(deployment(), { home: { ...home, environment: "staging" }, namespace: "staging" }),
      written(deployment(), { home: { ...home, app: "books" } }),
    )
    expect((await site.look()).apps.map(({ app, environment }) => `${app} ${environment}`)).toEqual([
      "books production",
      "shop production",
      "shop staging",
    ])
    expect((await site.look("staging")).apps).toHaveLength(1)
    expect(site.asked).toEqual(["eu-west-1 shop/production", "eu-west-1 shop/production"])
  })

  test("reads what 0.1.0 wrote: the app by a label, the environment by the last change", async () => {
    const old = { home: null, cause: "envseal: production to sha256:1111 by anna@laptop" }
    const labels = { "app.kubernetes.io/name": "shop" }
    const { apps } = await siteOf(
      written(deployment(), { ...old, labels }),
      written(cronJob(), { home: null, cause: "kubectl set image", namespace: "other" }),
    ).look()
    expect(apps.map(({ app, environment, secret }) => [app, environment, secret.state])).toEqual([
      ["shop", "production", "unknown"],
      [null, null, "unknown"],
    ])
  })

  const half = { ...release, proven: false }
  test.each<[string, readonly Workload[]]>([
    ["it is not proven", [written(deployment(), { releases: [half] })]],
    [
      "workloads run different releases",
      [written(deployment()), written(cronJob(), { releases: [{ ...release, run: "run-2" }] })],
    ],
    ["somebody else set the image", [written(deployment(2, {}, oldImage))]],
  ])("is not well when %s", async (_, workloads) => {
    expect((await siteOf(...workloads).look()).ok).toBe(false)
  })

  test("is not well when a secret has another version now", async () => {
    const site = siteOf(written(deployment()))
    site.current = "another"
    expect(await site.look()).toMatchObject({ ok: false, apps: [{ secret: { state: "stale" } }] })
  })

  test.each<[string, (site: Site) => void, number]>([
    [
      "the caller is in another account",
      (site) => {
        site.caller = "999988887777"
      },
      0,
    ],
    [
      "there are no credentials",
      (site) => {
        site.caller = new EnvsealError("NO_CREDENTIALS", "none")
      },
      0,
    ],
    [
      "the caller may not ask",
      (site) => {
        site.current = new EnvsealError("ACCESS_DENIED", "no")
      },
      1,
    ],
  ])("does not know whether a secret is current when %s", async (_, change, asked) => {
    const site = siteOf(written(deployment()))
    change(site)
    expect(await site.look()).toMatchObject({ ok: true, apps: [{ secret: { state: "unknown" } }] })
    expect(site.asked).toHaveLength(asked)
  })

  test.each<[string, Partial<Home>]>([
    ["is in no Region of AWS", { region: "x.example#" }],
    ["has more secrets than any", { secrets: Array.from({ length: 1_000 }, (_, at) => `s${at}`) }],
  ])("asks for nothing of an environment that, as somebody wrote there, %s", async (_, change) => {
    const site = siteOf(written(deployment(), { home: { ...home, ...change } }))
    expect(await site.look()).toMatchObject({ ok: true, apps: [{ secret: { state: "unknown" } }] })
    expect(site.asked).toEqual([])
  })

  test("goes without kinds that may not be listed, and ends when that is none", async () => {
    const site = siteOf(written(deployment()))
    site.denied = ["StatefulSet", "DaemonSet", "CronJob"]
    expect(await site.look()).toMatchObject({ ok: null, unseen: site.denied, apps: [{ app: "shop" }] })
    site.current = "another"
    expect(await site.look()).toMatchObject({ ok: false, unseen: site.denied })
    site.denied = ["Deployment", ...site.denied]
    expect(await failureOf(() => site.look())).toMatchObject({
      code: "ACCESS_DENIED",
      message: "no Deployment",
    })
  })
})

describe("the table of a whole cluster", () => {
  const lines = (status: ClusterStatus, columns = 80) =>
    clusterLines(status, { columns, paint: (_, text) => text })

  test("has a row for each environment, within 80 columns", async () => {
    const site = siteOf(
      written(deployment()),
      written(deployment(2, {}, oldImage), { home: { ...home, environment: "staging" } }),
    )
    site.denied = ["StatefulSet"]
    const shown = lines(await site.look())
    expect(shown).toEqual([
      "APP   ENVIRONMENT  NAMESPACE  RELEASE       COMMIT   SECRET   AGE  STATE",
      "shop  production   shop       111111111111  1f1f1f1  current  25h  proven",
      "shop  staging      shop       000000000000  -        -        -    by others",
      "main: 2 environments, 2 workloads",
      "you may not list StatefulSets",
    ])
  })

  test("says that there is nothing, and shows harmlessly what others wrote", async () => {
    expect(lines(await siteOf().look("shop"))).toEqual([
      "main, namespace shop: envseal deployed nothing that can be seen",
    ])
    const evil = `\u001b[31m${"long ".repeat(60)}\u202e`
    const bad = { ...release, images: { app: newImage }, commit: evil, at: evil }
    const site = siteOf(
      written(deployment(), {
        home: { ...home, app: evil, environment: evil },
        namespace: evil,
        releases: [bad],
      }),
    )
    for (const line of lines(await site.look())) {
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
      expect(line.length).toBeLessThanOrEqual(80)
    }
  })
})
