import { beforeEach, describe, expect, test } from "vitest"
import type { EnvironmentSettings, WorkloadSettings } from "../../../src/config/settings.ts"
import type { BuildProject } from "../../../src/core/build.ts"
import { EnvsealError } from "../../../src/core/error.ts"
import type { ObjectMeta, Workload } from "../../../src/core/kubernetes.ts"
import type { Start } from "../../../src/deploy/core/plan.ts"
import { checkDeploy } from "../../../src/deploy/run/check.ts"
import type { DeployPorts } from "../../../src/deploy/run/ports.ts"
import { scopeOf } from "../../../src/deploy/run/request.ts"
import type { Right } from "../../../src/ports/cluster.ts"
import { failureOf } from "../../fake/failure.ts"
import { settings } from "../../status/scene.ts"
import {
  cronJob,
  daemonSet,
  deployment,
  newImage,
  oldImage,
  plan,
  repository,
  statefulSet,
  template,
} from "../core/scene.ts"

const account = "111122223333"
const build = { project: "shop", source: null, repository: null, variables: {}, timeoutMs: 3_600_000 }
const image = { repository, variable: "ENVSEAL_IMAGE", tag: null }
const web: WorkloadSettings = { kind: "Deployment", name: "web", containers: null, initContainers: null }
const server = "https://0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com"

/** What is there to be looked at, all of it well. */
class Site {
  settings: EnvironmentSettings = { ...settings(), account, build, image, workloads: [web] }
  server = server
  serverName: string | null = null
  caller = account
  project: Pick<BuildProject, "batch"> | null = { batch: false }
  refused: readonly Right[] = []
  workload: Workload | EnvsealError | null = deployment(2, {}, oldImage)
  readonly warnings: string[] = []
  readonly asked: string[] = []
  rights: readonly Right[] = []

  check(start: Start = { type: "build", commit: null, detach: false }) {
    const request = { plan: plan({ start }), settings: this.settings, scope: scopeOf(this.settings) }
    return checkDeploy(request, this.#ports)
  }

  failure(start?: Start) {
    return failureOf(() => this.check(start))
  }

  pin(server: string): void {
    this.settings = { ...this.settings, cluster: { eks: null, context: "fake", namespace: "shop", server } }
  }

  get #ports(): DeployPorts {
    const ports = {
      account: { whoAmI: async () => ({ account: this.caller, arn: "arn:aws:iam::1:user/anna" }) },
      builder: {
        project: async (name: string) => {
          this.asked.push(name)
          return this.project
        },
      },
      cluster: {
        name: "fake",
        namespace: "shop",
        server: this.server,
        serverName: this.serverName,
        missingRights: async (rights: readonly Right[]) => {
          this.rights = rights
          return this.refused
        },
        read: async () => {
          if (this.workload instanceof EnvsealError) throw this.workload
          return this.workload
        },
      },
      log: { warn: (text: string) => this.warnings.push(text), debug: () => {} },
    }
    return ports as unknown as DeployPorts
  }
}

let site: Site
beforeEach(() => {
  site = new Site()
})

const patchWeb: Right = { verb: "patch", group: "apps", resource: "deployments", name: "web" }

function withMetadata(metadata: Partial<ObjectMeta>): Workload {
  const live = deployment(2, {}, oldImage)
  return { ...live, metadata: { ...live.metadata, ...metadata } }
}

function withImages(images: Readonly<Record<string, string>>): Workload {
  const live = deployment()
  return { ...live, spec: { ...live.spec, template: template(images) } }
}

describe("a check where all is well", () => {
  test("finds each workload with what it runs and ran, and asks whether it may be changed", async () => {
    const releases = [{ images: { app: oldImage }, build: "shop:0" }]
    site.workload = withMetadata({ annotations: { "envseal.dev/releases": JSON.stringify(releases) } })
    const ref = { kind: "Deployment", name: "web" }
    expect(await site.check()).toEqual([{ ref, live: { app: oldImage }, releases }])
    expect(site.rights).toContainEqual(patchWeb)
    expect([site.asked, site.warnings]).toEqual([["shop"], []])
  })

  test.each<Start>([{ type: "resume", build: "shop:1" }, { type: "image", image: "v1" }, { type: "back" }])(
    "does not ask for the project when nothing is built, as with $type",
    async (start) => {
      site.project = null
      expect(await site.check(start)).toHaveLength(1)
      expect(site.asked).toEqual([])
    },
  )

  test("takes any account where the settings name none", async () => {
    site.settings = { ...site.settings, account: null }
    site.caller = "999999999999"
    expect(await site.check()).toHaveLength(1)
  })
})

describe("a cluster whose address is pinned", () => {
  test.each([
    ["as it is", server],
    ["in lower case, as some tools write it", server.toLowerCase()],
    ["in upper case", server.toUpperCase()],
    ["with slashes at its end", `${server}//`],
  ])("is the one when it is written %s", async (_, pinned) => {
    site.pin(pinned)
    expect(await site.check()).toHaveLength(1)
  })

  test("is the one when a tunnel leads there, and its other end must show the certificate of it", async () => {
    site.server = "https://localhost:8443"
    site.serverName = new URL(server).hostname.toUpperCase()
    site.pin(server)
    expect(await site.check()).toHaveLength(1)
  })

  test("is another one when a tunnel must show the certificate of that", async () => {
    site.serverName = "FEDCBA9876543210.gr7.eu-central-1.eks.amazonaws.com"
    site.server = "https://localhost:8443"
    site.pin(server)
    expect(await site.failure()).toMatchObject({ code: "WRONG_CLUSTER" })
  })

  test.each([
    "https://FEDCBA9876543210.gr7.eu-central-1.eks.amazonaws.com",
    `${server}:8443`,
    `${server}/other`,
    server.replace("https", "http"),
  ])("is another one than %s", async (pinned) => {
    site.pin(pinned)
    const { code, message } = await site.failure()
    expect([code, message]).toEqual(["WRONG_CLUSTER", `fake is ${server}, and production is on ${pinned}`])
  })
})

test("credentials of another account are refused by its number", async () => {
  site.caller = "999999999999"
  const { code, message } = await site.failure()
  expect([code, message]).toEqual([
    "WRONG_ACCOUNT",
    `these are credentials of account 999999999999 (arn:aws:iam::1:user/anna), and production is in ${account}`,
  ])
})

test.each([
  ["is not there", null, "there is no CodeBuild project shop"],
  ["builds batches", { batch: true }, "the CodeBuild project shop builds batches, which envseal does not"],
])("a project that %s cannot be built", async (_, project, message) => {
  site.project = project
  expect(await site.failure()).toMatchObject({ code: "PROJECT_UNUSABLE", message })
})

describe("a workload that pods would not follow", () => {
  const paused = { ...deployment(2, {}, oldImage), spec: { ...deployment().spec, paused: true } }
  const onDelete = { type: "OnDelete" }
  const set = (updateStrategy: object) => ({
    ...statefulSet(),
    spec: { ...statefulSet().spec, updateStrategy },
  })
  const daemons = { ...daemonSet(), spec: { ...daemonSet().spec, updateStrategy: onDelete } }

  test.each<readonly [string, Workload, string, string]>([
    ["is paused", paused, "WORKLOAD_PAUSED", "is paused: kubectl rollout resume deployment/web"],
    [
      "replaces no pod by itself",
      set(onDelete),
      "STRATEGY_UNSUPPORTED",
      "replaces no pod by itself (updateStrategy OnDelete)",
    ],
    [
      "keeps some pods as they are",
      set({ type: "RollingUpdate", rollingUpdate: { partition: 1 } }),
      "STRATEGY_UNSUPPORTED",
      "keeps pods below ordinal 1 as they are (updateStrategy partition)",
    ],
    [
      "is of nodes, and replaces no pod by itself",
      daemons,
      "STRATEGY_UNSUPPORTED",
      "replaces no pod by itself (updateStrategy OnDelete)",
    ],
  ])("is refused when it %s", async (_, workload, code, reason) => {
    site.workload = workload
    const failure = await site.failure()
    expect(failure).toMatchObject({
      code: "WORKLOAD_UNUSABLE",
      problems: [{ code, name: "deployment/web", reason }],
      hint: "correct envseal.yaml, or the workload",
    })
  })

  test.each([
    set({ type: "RollingUpdate", rollingUpdate: { partition: 0 } }),
    set({}),
    daemonSet(),
    cronJob(),
  ])("is not one of kind $kind with its usual strategy", async (workload) => {
    site.workload = workload
    expect(await site.check()).toHaveLength(1)
  })
})

describe("the containers that get the image", () => {
  test("are all that have an image of just the repository", async () => {
    site.workload = withImages({
      digest: newImage,
      tag: `${repository}:v1`,
      bare: repository,
      longer: `${repository}-admin:v1`,
      other: "nginx:1",
    })
    const [target] = await site.check()
    expect(Object.keys(target?.live ?? {})).toEqual(["digest", "tag", "bare"])
  })

  test("are those that are named, whatever their image", async () => {
    site.settings = { ...site.settings, workloads: [{ ...web, containers: ["b"], initContainers: null }] }
    site.workload = withImages({ a: newImage, b: "nginx:1" })
    const [target] = await site.check()
    expect(target?.live).toEqual({ b: "nginx:1" })
  })

  test("must be there", async () => {
    const named = { ...web, containers: ["app", "gone"], initContainers: ["lost"] }
    site.settings = { ...site.settings, workloads: [named] }
    const { code, problems } = await site.failure()
    expect([code, problems]).toEqual([
      "WORKLOAD_UNUSABLE",
      ["gone", "lost"].map((name) => ({
        code: "CONTAINER_MISSING",
        name: "deployment/web",
        reason: `has no container ${name}; it has app`,
      })),
    ])
  })

  test("cannot be none", async () => {
    site.workload = withImages({ nginx: "nginx:1" })
    expect((await site.failure()).problems).toEqual([
      {
        code: "CONTAINER_MISSING",
        name: "deployment/web",
        reason: `has no container with an image of ${repository}; name them under containers`,
      },
    ])
  })
})

describe("what is missing", () => {
  const mayNot = {
    code: "RIGHT_MISSING",
    name: "patch deployments.apps web",
    reason: "is not allowed to you",
  }
  const gone = {
    code: "WORKLOAD_MISSING",
    name: "deployment/web",
    reason: "does not exist in the namespace shop",
  }
  const denied = new EnvsealError("ACCESS_DENIED", "you may not read deployments")

  test("is denied access when it is rights alone, and says what grants them", async () => {
    site.refused = [patchWeb]
    expect(await site.failure()).toMatchObject({
      code: "ACCESS_DENIED",
      problems: [mayNot],
      hint: "print the Role that grants it: envseal policy cluster -e production",
    })
  })

  test("is reported all at once when a workload is not there either", async () => {
    site.refused = [patchWeb]
    site.workload = null
    expect(await site.failure()).toMatchObject({
      code: "WORKLOAD_UNUSABLE",
      problems: [mayNot, gone],
      hint: "print the Role that grants it: envseal policy cluster -e production",
    })
  })

  test("is reported by the rights rather than by the workload that could not be read", async () => {
    site.workload = denied
    site.refused = [patchWeb]
    expect(await site.failure()).toMatchObject({ code: "ACCESS_DENIED", problems: [mayNot] })
    site.refused = []
    expect(await site.failure()).toBe(denied)
  })

  test("is not known when the cluster cannot be asked", async () => {
    site.workload = new EnvsealError("REMOTE_FAILED", "no answer")
    expect(await site.failure()).toBe(site.workload)
  })
})

describe("a workload that something else manages", () => {
  test.each([
    ["Argo CD", { annotations: { "argocd.argoproj.io/tracking-id": "shop" } }],
    ["Argo CD", { labels: { "argocd.argoproj.io/instance": "shop" } }],
    ["Flux", { labels: { "kustomize.toolkit.fluxcd.io/name": "shop" } }],
    ["Flux", { annotations: { "helm.toolkit.fluxcd.io/name": "shop" } }],
    ["Helm", { annotations: { "meta.helm.sh/release-name": "shop" } }],
  ])("is deployed with a warning of %s, as by %j", async (name, metadata) => {
    site.workload = withMetadata(metadata)
    expect(await site.check()).toHaveLength(1)
    expect(site.warnings).toEqual([`deployment/web is managed by ${name}, which may set its image back`])
  })
})
