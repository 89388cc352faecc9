import cliTruncate from "cli-truncate"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { momentText } from "../../src/core/moment.ts"
import type { EnvironmentStatus, WorkloadStatus } from "../../src/status/core/status.ts"
import { Reporter } from "../../src/status/view/statements.ts"
import { tableOf } from "../../src/status/view/table.ts"
import { newImage } from "../deploy/core/scene.ts"
import { failureOf, troubleOf } from "../deploy/view/progress.ts"
import { here } from "../fake/here.ts"

const tell = (text: string) => momentText(text, here)
const plain = { columns: 80, paint: (_: string, text: string) => text, tell }
const painted = (colour: string, text: string) => `\u001b[${colour}m${text}\u001b[0m`

const web: WorkloadStatus = {
  workload: "deployment/web",
  images: { app: newImage },
  release: {
    images: { app: newImage },
    build: "shop:1b2c3d4e-0000-4000-8000-000000000000",
    commit: "abcdef0123456789abcdef0123456789abcdef01",
    secretVersion: "v1",
    at: "2026-01-02T03:04:05.678Z",
    by: "anna@laptop",
  },
  builtAt: "2026-01-02T03:01:00.000Z",
  secret: { state: "current", versions: ["v1"] },
  rollout: {
    ...{ state: "done", waitsFor: null, note: null, troubles: [] },
    counts: { total: 3, updated: 3, ready: 3, old: 0 },
  },
}

const production: EnvironmentStatus = {
  ...{ environment: "production", app: "shop", cluster: "main", namespace: "shop", ok: true },
  workloads: [web],
  mixed: false,
  secrets: [{ secret: "shop/production", version: "v1" }],
  lock: null,
  failures: [],
}

const stale = { ...web, secret: { state: "stale", versions: ["v1"] } } as const
const failing: WorkloadStatus = {
  ...web,
  workload: "deployment/a-name-that-takes-a-lot-of-room",
  rollout: {
    ...{ state: "failed", waitsFor: null, note: null },
    counts: { total: 3, updated: 1, ready: 0, old: 2 },
    troubles: [
      {
        ...troubleOf("CrashLoopBackOff"),
        pod: "web-1",
        container: "app",
        pods: 1,
        message: "no database ".repeat(6),
      },
    ],
  },
}

describe("the table of an environment", () => {
  test("has a row for each workload, and below where image and secret are from", () => {
    expect(tableOf(production, plain)).toEqual([
      "production  shop on main, namespace shop",
      "  WORKLOAD        IMAGE         BUILD     COMMIT   SECRET   ROLLOUT",
      "  deployment/web  111111111111  1b2c3d4e  abcdef0  current  done 3/3",
      "  111111111111 deployed 3:04, 4 minutes ago by anna@laptop",
      "  111111111111 sealed by its build of 3:01, 7 minutes ago",
      "  secret shop/production is at v1",
    ])
  })

  test("says when the configuration was sealed, where the build told it", () => {
    const sealed = {
      ...web,
      release: { ...web.release, images: web.images, sealedAt: "2026-01-02T03:01:40Z" },
    }
    const lines = tableOf({ ...production, workloads: [sealed] }, plain)
    expect(lines).toContain("  111111111111 sealed 3:01, 6 minutes ago")
    expect(lines.join()).not.toContain("by its build")
  })

  test("cuts a name that is too long, and breaks a long reason into lines", () => {
    const lines = tableOf({ ...production, workloads: [web, failing] }, plain)
    expect(lines.slice(3, 6)).toEqual([
      "  deployment/a-name-tha…  111111111111  1b2c3d4e  abcdef0  current  failed 0/1/3",
      "    pod web-1 (app) CrashLoopBackOff (exit status 5, 2 restarts): no database no",
      "    database no database no database no database no database",
    ])
  })

  test("calls out stale secrets by workload, mixed images, a lock, and what is not known", () => {
    const lines = tableOf(
      {
        ...production,
        workloads: [stale, { ...web, workload: "cronjob/report", images: { app: "nginx:1" }, release: null }],
        mixed: true,
        secrets: [{ secret: "shop/production", version: "v2" }],
        lock: { holder: "ben@laptop", since: "2026-01-02T03:00:00.000000Z", renewedAt: null },
        failures: [failureOf("no way there", "REMOTE_FAILED")],
      },
      plain,
    )
    expect(lines).toEqual([
      "production  shop on main, namespace shop",
      "  WORKLOAD        IMAGE         BUILD     COMMIT   SECRET   ROLLOUT",
      "  deployment/web  111111111111  1b2c3d4e  abcdef0  stale    done 3/3",
      "  cronjob/report  1             -         -        current  done 3/3",
      "    not set by envseal: nginx:1",
      "  111111111111 deployed 3:04, 4 minutes ago by anna@laptop",
      "  111111111111 sealed by its build of 3:01, 7 minutes ago",
      "  secret shop/production is at v2",
      "  stale: v1 is sealed in all workloads",
      "  mixed: 2 images run side by side",
      "  ben@laptop deploys since 3:00, 8 minutes ago",
      "  not known: no way there [REMOTE_FAILED]",
    ])
  })

  test("has every word where there is no terminal", () => {
    const workloads = [web, failing]
    const lines = tableOf({ ...production, workloads }, { ...plain, columns: Number.POSITIVE_INFINITY })
    expect(lines[3]).toMatch(/^ {2}deployment\/a-name-that-takes-a-lot-of-room {2}.* failed 0\/1\/3$/)
    expect(lines[4]).toMatch(/^ {4}pod web-1 \(app\) .*(no database ?){6}$/)
    expect(lines).toHaveLength(8)
  })

  const text = fc.oneof(
    fc.string({ unit: "grapheme-ascii", maxLength: 90 }),
    fc.string({ unit: "binary", maxLength: 40 }),
  )
  const workload = fc
    .record({
      workload: text,
      image: text,
      build: text,
      commit: text,
      by: text,
      at: text,
      reason: text,
      version: text,
    })
    .map(
      ({ workload: name, image, build, commit, by, at, reason, version }): WorkloadStatus => ({
        ...{ workload: name, images: { app: image }, builtAt: at },
        release: { images: { app: image }, build, commit, by, at, sealedAt: at },
        secret: { state: "stale", versions: [version] },
        rollout: { ...failing.rollout, waitsFor: reason, note: reason, troubles: [troubleOf(reason)] },
      }),
    )

  test.each([80, 60])(
    "shows what others wrote without its control characters, no line over %d columns",
    (columns) => {
      fc.assert(
        fc.property(fc.array(workload, { maxLength: 4 }), text, (workloads, other) => {
          const status: EnvironmentStatus = {
            ...{ ...production, environment: "e", workloads },
            lock: { holder: "anna", since: other, renewedAt: other },
            failures: [failureOf(other)],
          }
          for (const line of tableOf(status, { columns, paint: painted, tell })) {
            const shown = line.replaceAll(/\u001b\[\d*m/g, "")
            expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
            // Wide characters are for the terminal to wrap.
            if (/^[ -~…]*$/.test(shown)) expect(cliTruncate(line, columns)).toBe(line)
          }
        }),
      )
    },
  )
})

test("where an error below says why something is not known, the table has its code alone", () => {
  const status = { ...production, failures: [failureOf("no way there", "REMOTE_FAILED")] }
  const lines = tableOf(status, { ...plain, saysWhyElsewhere: true })
  expect(lines.at(-1)).toBe("  not all is known [REMOTE_FAILED]")
})

describe("the lines of a watch", () => {
  test("say all at first but what is usual, and then only what is new", () => {
    const reporter = new Reporter()
    expect(reporter.newsOf(production, tell)).toEqual([
      "production deployment/web done 3/3; image 111111111111; build 1b2c3d4e; secret current",
      "production secret shop/production is at v1",
    ])
    expect(reporter.newsOf(production, tell)).toEqual([])
    const lock = { holder: "ben@laptop", since: null, renewedAt: "2026-01-02T04:00:00.000000Z" }
    expect(reporter.newsOf({ ...production, lock }, tell)).toEqual(["production ben@laptop deploys"])
    const renewed = { ...lock, renewedAt: "2026-01-02T04:00:10.000000Z" }
    expect(reporter.newsOf({ ...production, lock: renewed }, tell)).toEqual([])
    expect(reporter.newsOf(production, tell)).toEqual(["production nobody deploys"])
  })
})
