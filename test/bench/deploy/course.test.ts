import { describe, expect, test } from "vitest"
import type { LoggedRequest } from "../../real/cluster/request-log.ts"
import { courseOf } from "./course.ts"

const builtAtMs = Date.parse("2026-01-01T00:00:10.500Z")
const apps = "/apis/apps/v1/namespaces/shop/deployments"
const lease = "/apis/coordination.k8s.io/v1/namespaces/shop/leases/envseal-shop-production"

/** A request that came and was answered at these seconds of the first minute. */
function request(verb: string, uri: string, from: string, to: string, status = 200): LoggedRequest {
  const at = (second: string) => `2026-01-01T00:00:${second}Z`
  return { verb, uri, status, userAgent: "", receivedAt: at(from), endedAt: at(to) }
}

/** Of a good deploy, whose last new pod was ready at 14.25 s; an old one is heard of later. */
const good = {
  builtAtMs,
  isGood: true,
  podsSaidMs: [13_250, 14_250, 59_000].map((ms) => Date.parse("2026-01-01T00:00:00Z") + ms),
}
const bad = { ...good, isGood: false }

const patched = [
  request("patch", `${apps}/web?dryRun=All&fieldManager=envseal`, "09.000000", "09.100000"),
  request("get", `${apps}/web`, "11.000000", "11.010000"),
  request("patch", `${apps}/web?fieldManager=kubectl-set`, "11.000000", "11.020000"),
  request("patch", `${apps}/worker`, "12.000000", "12.500000"),
]

describe("The course of the script", () => {
  test("goes from the build's end to the last workload's new image, and to the end of the last watch", () => {
    const requests = [
      ...patched,
      request("watch", `${apps}?watch=true`, "13.000000", "20.500000"),
      request("list", apps, "20.600000", "20.700000"),
      request("watch", `${apps}?watch=true`, "20.750000", "31.500000"),
    ]
    expect(courseOf("script", { ...good, requests })).toEqual({
      patchMs: 2_000,
      readyMs: 1_750,
      verdictMs: 19_000,
      backMs: null,
    })
  })
})

describe("The course of envseal", () => {
  const given = request("delete", lease, "42.500000", "42.600000")

  // A CronJob has its image last, and what is proven is written down.
  const cron = request("patch", "/apis/batch/v1/namespaces/shop/cronjobs/schedule", "41.000000", "41.100000")
  const proven = [request("patch", `${apps}/web`, "42.000000", "42.100000")]

  test("ends well when it gives its Lease back", () => {
    expect(courseOf("envseal", { ...good, requests: [...patched, cron, ...proven, given] })).toEqual({
      patchMs: 2_000,
      readyMs: 1_750,
      verdictMs: 30_000,
      backMs: null,
    })
  })

  test("turns with its first further patch, and is back when it gives its Lease back", () => {
    const requests = [
      ...patched,
      request("patch", `${apps}/worker`, "24.500000", "24.600000"),
      request("patch", `${apps}/web`, "24.700000", "24.800000"),
      given,
    ]
    expect(courseOf("envseal", { ...bad, requests })).toEqual({
      patchMs: 2_000,
      readyMs: null,
      verdictMs: 12_000,
      backMs: 30_000,
    })
  })

  test("does not begin with a patch that was refused", () => {
    const refused = request("patch", `${apps}/web`, "10.000000", "10.100000", 409)
    expect(courseOf("envseal", { ...bad, requests: [refused, ...patched, given] }).backMs).toBeNull()
  })

  test("is none while nothing was patched, or the Lease is still held", () => {
    expect(() => courseOf("envseal", { ...good, requests: [given] })).toThrow(/did not come so far/)
    expect(() => courseOf("envseal", { ...good, requests: patched })).toThrow(/did not come so far/)
  })
})
