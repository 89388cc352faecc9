import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../src/core/error.ts"
import { workloadKinds } from "../../src/core/workload.ts"
import type { ClusterStatus } from "../../src/status/run/cluster-apps.ts"
import { ClusterWatch } from "../../src/status/run/cluster-watch.ts"
import { cronJob, deployment } from "../deploy/core/scene.ts"
import { home, now, release, written } from "./cluster-scene.ts"
import { GoingSite } from "./going-site.ts"

const web = written(deployment())
const report = written(cronJob())
const failing = written(deployment(), { releases: [{ ...release, proven: false }] })

/** Watches until the test is over. */
async function watching(
  site: GoingSite,
  work: (told: readonly ClusterStatus[]) => Promise<void>,
  namespace: string | null = null,
): Promise<void> {
  const over = new AbortController()
  const told: ClusterStatus[] = []
  const run = new ClusterWatch(namespace, site.watchPorts, (status) => told.push(status)).run(over.signal)
  await work(told)
  over.abort()
  await run
}

describe("a watch of a whole cluster", () => {
  test("tells what is there once every kind was seen, and then only what changes, with its time", async () => {
    const site = new GoingSite()
    site.see(web)
    await watching(site, async (told) => {
      await site.timer.pass(1_000)
      expect(told).toEqual([await site.look()])
      site.see(web)
      await site.timer.pass(300_000)
      expect(told).toHaveLength(1)
      site.see(web, report)
      await site.timer.pass(1_000)
      expect(told).toHaveLength(2)
      expect(told[1]).toMatchObject({
        at: new Date(now.getTime() + 301_000).toISOString(),
        ok: true,
        apps: [{ workloads: ["deployment/web", "cronjob/web"] }],
      })
      site.see(failing, report)
      await site.timer.pass(1_000)
      expect(told.at(-1)?.ok).toBe(false)
      site.see()
      await site.timer.pass(1_000)
      expect(told.at(-1)).toMatchObject({ ok: true, apps: [] })
    })
  })

  test("looks at one namespace where that is wanted", async () => {
    const site = new GoingSite()
    site.see(web, written(deployment(), { namespace: "books", home: { ...home, app: "books" } }))
    const look = async (told: readonly ClusterStatus[]) => {
      await site.timer.pass(1_000)
      expect(told).toMatchObject([{ namespace: "books", apps: [{ app: "books" }] }])
    }
    await watching(site, look, "books")
  })

  test("tells within a minute that a secret has changed, and asks for it once in that time", async () => {
    const site = new GoingSite()
    site.see(web)
    await watching(site, async (told) => {
      await site.timer.pass(1_000)
      site.see(web, report)
      await site.timer.pass(58_000)
      expect(site.asked).toHaveLength(1)
      site.current = "another"
      await site.timer.pass(2_000)
      expect(site.asked).toHaveLength(2)
      expect(told.at(-1)).toMatchObject({ ok: false, apps: [{ secret: { state: "stale" } }] })
    })
  })

  test("calls no secret current once it cannot be asked for", async () => {
    const site = new GoingSite()
    site.see(web)
    await watching(site, async (told) => {
      await site.timer.pass(1_000)
      expect(told.at(-1)?.apps[0]?.secret.state).toBe("current")
      site.current = new EnvsealError("ACCESS_DENIED", "no")
      await site.timer.pass(60_000)
      expect(told.at(-1)?.apps[0]?.secret.state).toBe("unknown")
    })
  })

  test("does not let a change of the cluster wait for AWS", async () => {
    const site = new GoingSite()
    site.see(web)
    await watching(site, async (told) => {
      await site.timer.pass(1_000)
      const answer = Promise.withResolvers<string>()
      site.current = answer.promise
      await site.timer.pass(60_000)
      site.see(failing)
      await site.timer.pass(1_000)
      expect(told.at(-1)).toMatchObject({ ok: false, apps: [{ secret: { state: "current" } }] })
      answer.resolve("another")
      await site.timer.pass(1_000)
      expect(told.at(-1)?.apps[0]?.secret.state).toBe("stale")
    })
  })

  test("keeps what it saw while the cluster cannot be seen, and says so once for all kinds", async () => {
    const site = new GoingSite()
    site.see(web)
    await watching(site, async (told) => {
      await site.timer.pass(1_000)
      site.lose("connection refused")
      await site.timer.pass(30_000)
      expect(told.slice(1)).toMatchObject([
        {
          ok: null,
          apps: [{ app: "shop" }],
          unseen: [],
          failures: [{ code: "REMOTE_FAILED", message: "the cluster cannot be seen: connection refused" }],
        },
      ])
      site.see(web)
      await site.timer.pass(1_000)
      expect(told.at(-1)).toMatchObject({ ok: true, apps: [{ app: "shop" }], failures: [] })
    })
  })

  test("tries again after 10 seconds what was refused, and not before", async () => {
    const site = new GoingSite()
    site.workloads = [web]
    site.refusal = new EnvsealError("NO_CREDENTIALS", "the session has ended")
    await watching(site, async (told) => {
      await site.timer.pass(1_000)
      expect(told).toMatchObject([{ ok: null, apps: [], failures: [{ code: "NO_CREDENTIALS" }] }])
      site.refusal = null
      await site.timer.pass(8_000)
      expect(told).toHaveLength(1)
      await site.timer.pass(2_000)
      expect(told.at(-1)).toMatchObject({ ok: true, apps: [{ app: "shop" }], failures: [] })
    })
  })

  test("lists every 10 seconds a kind that may be listed and not watched", async () => {
    const site = new GoingSite()
    site.unwatched = ["Deployment"]
    site.see(web)
    await watching(site, async (told) => {
      await site.timer.pass(1_000)
      expect(told).toMatchObject([{ ok: true, apps: [{ workloads: ["deployment/web"] }], unseen: [] }])
      site.see(failing)
      await site.timer.pass(8_000)
      expect(told).toHaveLength(1)
      await site.timer.pass(2_000)
      expect(told.at(-1)?.ok).toBe(false)
    })
  })

  test("leaves out a kind that may not be listed any more, says which, and takes it up again", async () => {
    const site = new GoingSite()
    site.see(web, report)
    await watching(site, async (told) => {
      await site.timer.pass(1_000)
      site.denied = ["CronJob"]
      site.see(web, report)
      await site.timer.pass(1_000)
      expect(told.at(-1)).toMatchObject({
        ok: null,
        apps: [{ workloads: ["deployment/web"] }],
        unseen: ["CronJob"],
        failures: [{ code: "ACCESS_DENIED", message: "not everything is seen: you may not list CronJobs" }],
      })
      site.denied = []
      await site.timer.pass(10_000)
      expect(told.at(-1)).toMatchObject({ ok: true, unseen: [], failures: [] })
      expect(told).toHaveLength(3)
    })
  })

  test("goes on when no kind may be listed, and says it as the cluster does", async () => {
    const site = new GoingSite()
    site.denied = workloadKinds
    await watching(site, async (told) => {
      await site.timer.pass(60_000)
      expect(told.at(-1)).toMatchObject({
        ...{ ok: null, apps: [], unseen: [...workloadKinds] },
        failures: [{ code: "ACCESS_DENIED", message: "no Deployment" }],
      })
    })
  })

  test("lets a bug through", async () => {
    const site = new GoingSite()
    const { cluster, ...others } = site.watchPorts
    const broken = () => {
      throw new TypeError("a bug")
    }
    const ports = { ...others, cluster: { ...cluster, observeWorkloads: broken } }
    const watch = new ClusterWatch(null, ports, () => {})
    await expect(watch.run(new AbortController().signal)).rejects.toThrow(TypeError)
  })
})
