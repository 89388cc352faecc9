import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../../src/core/error.ts"
import type { Lease, Workload } from "../../../src/core/kubernetes.ts"
import type { Start } from "../../../src/deploy/core/plan.ts"
import type { Release } from "../../../src/deploy/core/release.ts"
import { type PreviewPorts, previewDeploy } from "../../../src/deploy/run/preview.ts"
import { scopeOf } from "../../../src/deploy/run/request.ts"
import { failureOf } from "../../fake/failure.ts"
import { settings } from "../../status/scene.ts"
import { deployment, newImage, oldImage, plan, repository } from "../core/scene.ts"

const account = "111122223333"
const commit = "1f".repeat(20)
const since = "2e".repeat(20)
const version = "00000000-0000-4000-8000-000000000003"
const [, digest = ""] = newImage.split("@")

/** A place to deploy to, and what was asked for in it. */
class Place {
  releases: readonly (readonly Release[])[] = [[{ images: { app: oldImage }, commit: since }]]
  lease: Lease | null = null
  secret: string | EnvsealError = version
  probed = true
  rehearsed = 0
  readonly warnings: string[] = []
  readonly compared: string[] = []

  preview(start: Start = { type: "build", commit, detach: false }) {
    const workloads = this.releases.map((_, at) => ({
      ...{ kind: "Deployment" as const, name: `web-${at}`, containers: null },
      ...{ initContainers: null, withoutOpen: [] },
    }))
    const own = {
      ...settings(),
      account,
      build: { project: "shop", source: null, repository: null, variables: {}, timeoutMs: 3_600_000 },
      image: { repository, variable: "ENVSEAL_IMAGE", tag: null },
      cluster: { eks: null, context: "fake", namespace: "shop", server: null },
      secrets: ["shop/production"],
      workloads,
    }
    const hooks = { before: ["migrate"], after: [] }
    const run = { plan: plan({ start, hooks }), scope: scopeOf(own), by: "anna@laptop", token: "run-1" }
    return previewDeploy({ ...run, settings: own }, this.#ports, new AbortController().signal)
  }

  /** Only what may be asked: anything else is no function. */
  get #ports(): PreviewPorts {
    const ports = {
      account: { whoAmI: async () => ({ account, arn: `arn:aws:iam::${account}:user/anna` }) },
      builder: { project: async () => ({ batch: false, sourceType: "GITHUB" }) },
      cluster: {
        ...{ name: "fake", namespace: "shop", server: "https://fake", serverName: null },
        missingRights: async () => [],
        read: async ({ name }: { readonly name: string }) => this.#workload(Number(name.slice(4))),
        rehearse: async () => {
          this.rehearsed++
        },
        readLease: async () => this.lease,
      },
      registry: {
        knows: () => true,
        find: async (_: string, reference: string) =>
          reference === digest ? { digest, status: "ACTIVE", tags: [], pushedAtMs: 0 } : null,
      },
      commits: {
        subject: async () => "Mend the cart",
        distance: async (from: string, to: string) => {
          this.compared.push(`${from} ${to}`)
          return { ahead: 3, behind: 1 }
        },
      },
      secretStore: {
        currentVersion: async () => {
          if (this.secret instanceof EnvsealError) throw this.secret
          return { arn: "arn", versionId: this.secret }
        },
      },
      secretReader: null,
      clock: { now: () => new Date("2026-01-02T03:04:05Z"), offsetMinutes: () => 0 },
      timer: { nowMs: () => 0, sleep: async () => {} },
      log: { warn: (text: string) => this.warnings.push(text), debug: () => {} },
    }
    return ports as unknown as PreviewPorts
  }

  #workload(at: number): Workload {
    const releases = this.releases[at] ?? []
    const [newest] = releases
    const object = deployment(2, {}, newest?.images["app"] ?? oldImage)
    const bare = { spec: { containers: [{ name: "app", image: oldImage }] } }
    return {
      ...object,
      metadata: { ...object.metadata, annotations: { "envseal.dev/releases": JSON.stringify(releases) } },
      spec: this.probed ? object.spec : { ...object.spec, template: bare },
    }
  }
}

describe("a preview of a deploy", () => {
  test("says what runs, what is built and how far that is from it, and what would be sealed", async () => {
    const place = new Place()
    expect(await place.preview()).toMatchObject({
      runs: [{ images: { app: oldImage }, commit: since, runsOn: ["deployment/web-0"] }],
      build: { project: "shop", commit, subject: "Mend the cart", since, ahead: 3, behind: 1 },
      image: null,
      hooks: { before: ["migrate"], after: [] },
      workloads: ["deployment/web-0"],
      secrets: [{ secret: "shop/production", version }],
      sealed: { state: "unknown", versions: [] },
      lock: null,
      warnings: [],
      failures: [],
    })
    expect(place.compared).toEqual([`${since} ${commit}`])
  })

  test("compares no commits where several run, or the project itself says what is built", async () => {
    const place = new Place()
    place.releases = [
      [{ images: { app: oldImage }, commit: since }],
      [{ images: { app: newImage }, commit: commit.replace("1", "3") }],
    ]
    expect((await place.preview()).build).toMatchObject({ since: null, ahead: null, behind: null })
    place.releases = [[{ images: { app: oldImage }, commit: since }]]
    const build = (await place.preview({ type: "build", commit: null, detach: false })).build
    expect(build).toMatchObject({ commit: null, subject: null, since, ahead: null })
    expect(place.compared).toEqual([])
  })

  test("finds the image that is to be deployed, and has the cluster try just that", async () => {
    const place = new Place()
    expect(await place.preview({ type: "image", image: digest })).toMatchObject({
      image: newImage,
      build: null,
    })
    expect(place.rehearsed).toBe(2)
    expect(await failureOf(() => place.preview({ type: "image", image: "v9" }))).toMatchObject({
      code: "IMAGE_UNUSABLE",
    })
  })

  test("says who deploys now, and that somebody who gave the lock back does not", async () => {
    const place = new Place()
    place.lease = { metadata: { name: "lock" }, spec: { holderIdentity: "otto@desk" } }
    expect((await place.preview()).lock).toBe("otto@desk")
    place.lease = { metadata: { name: "lock" }, spec: { holderIdentity: "" } }
    expect((await place.preview()).lock).toBeNull()
  })

  test("has every warning of the check, which are said too", async () => {
    const place = new Place()
    place.probed = false
    const { warnings } = await place.preview()
    expect(warnings).toEqual([expect.stringContaining("has no readiness or startup probe")])
    expect(place.warnings).toEqual(warnings)
  })

  test("compares what is sealed, and says which secret could not be asked", async () => {
    const place = new Place()
    place.releases = [[{ images: { app: oldImage }, secretVersion: version }]]
    expect((await place.preview()).sealed).toEqual({ state: "current", versions: [version] })
    place.secret = new EnvsealError("ACCESS_DENIED", "not allowed")
    expect(await place.preview()).toMatchObject({
      secrets: [{ version: null }],
      sealed: { state: "unknown" },
      failures: [{ code: "ACCESS_DENIED" }],
    })
  })
})
