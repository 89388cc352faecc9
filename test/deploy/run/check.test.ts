import { beforeEach, describe, expect, test } from "vitest"
import type { EnvironmentSettings, WorkloadSettings } from "../../../src/config/settings.ts"
import type { BuildProject } from "../../../src/core/build.ts"
import { EnvsealError } from "../../../src/core/error.ts"
import type { JsonPatchStep, ObjectMeta, Workload } from "../../../src/core/kubernetes.ts"
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
const web: WorkloadSettings = {
  kind: "Deployment",
  name: "web",
  containers: null,
  initContainers: null,
  withoutOpen: [],
}
const server = "https://0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com"

/** What is there to be looked at, all of it well. */
class Site {
  settings: EnvironmentSettings = { ...settings(), account, build, image, workloads: [web] }
  server = server
  serverName: string | null = null
  caller = account
  project: Pick<BuildProject, "batch" | "sourceType"> | null = { batch: false, sourceType: "GITHUB" }
  refused: readonly Right[] = []
  /** What asking for rights comes to, where the cluster does not answer. */
  away: (() => Promise<never>) | null = null
  workload: Workload | EnvsealError | null = deployment(2, {}, oldImage)
  /** What the cluster says to a change that is only tried. */
  refusal: EnvsealError | null = null
  readonly tried: (readonly JsonPatchStep[])[] = []
  /** Images that the registry has, as `TAG` or digest; `null` when it is none that can be asked. */
  images: readonly string[] | null = []
  readonly lookedFor: string[] = []
  readonly warnings: string[] = []
  readonly asked: string[] = []
  rights: readonly Right[] = []

  check(start: Start = { type: "build", commit: null, detach: false }) {
    const run = { by: "anna@laptop", token: "run-1" }
    const request = { plan: plan({ start }), settings: this.settings, scope: scopeOf(this.settings), ...run }
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
          return this.away === null ? this.refused : this.away()
        },
        read: async () => {
          if (this.workload instanceof EnvsealError) throw this.workload
          return this.workload
        },
        rehearse: async (_: unknown, steps: readonly JsonPatchStep[]) => {
          this.tried.push(steps)
          if (this.refusal !== null) throw this.refusal
        },
      },
      clock: { now: () => new Date("2026-01-02T03:04:05Z"), offsetMinutes: () => 0 },
      registry: {
        knows: () => this.images !== null,
        find: async (_: string, reference: string) => {
          this.lookedFor.push(reference)
          const found = this.images?.includes(reference) === true
          return found ? { digest: reference, status: "ACTIVE", tags: [], pushedAtMs: 0 } : null
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
    expect(await site.check()).toMatchObject([{ ref, live: { app: oldImage }, releases }])
    expect(site.rights).toContainEqual(patchWeb)
    expect([site.asked, site.warnings]).toEqual([["shop"], []])
  })

  test.each<Start>([
    { type: "resume", build: "shop:1" },
    { type: "image", image: "v1" },
    { type: "back", to: null, agreed: null },
  ])("does not ask for the project when nothing is built, as with $type", async (start) => {
    site.project = null
    expect(await site.check(start)).toHaveLength(1)
    expect(site.asked).toEqual([])
  })

  test("takes any account where the settings name none", async () => {
    site.settings = { ...site.settings, account: null }
    site.caller = "999999999999"
    expect(await site.check()).toHaveLength(1)
  })
})

describe("a workload without a probe", () => {
  test("is warned of, since its pods count as ready as soon as they run", async () => {
    const live = deployment(2, {}, oldImage)
    const bare = { spec: { containers: [{ name: "app", image: oldImage }] } }
    site.workload = { ...live, spec: { ...live.spec, template: bare } }
    expect(await site.check()).toHaveLength(1)
    expect(site.warnings).toEqual([
      "deployment/web has no readiness or startup probe, so its pods count as ready as soon as they run: it is watched for 25 s before it counts as proven. The worker in docs/container.md has a probe for an app that listens nowhere",
    ])
  })

  test.each([
    ["its controller waits until `open` has given up", { minReadySeconds: 25 }, {}],
    ["it has a startup probe", {}, { startupProbe: { exec: { command: ["true"] } } }],
  ])("is not warned of when %s", async (_, more, probe) => {
    const live = deployment(2, {}, oldImage)
    const only = { spec: { containers: [{ name: "app", image: oldImage, ...probe }] } }
    site.workload = { ...live, spec: { ...live.spec, ...more, template: only } }
    expect(await site.check()).toHaveLength(1)
    expect(site.warnings).toEqual([])
  })

  test("is warned of when its controller waits less than that", async () => {
    const live = deployment(2, {}, oldImage)
    const bare = { spec: { containers: [{ name: "app", image: oldImage }] } }
    site.workload = { ...live, spec: { ...live.spec, minReadySeconds: 24, template: bare } }
    expect(await site.check()).toHaveLength(1)
    expect(site.warnings).toHaveLength(1)
  })

  test("is not warned of when it runs by the clock", async () => {
    const ref = { kind: "CronJob", name: "web" } as const
    site.settings = {
      ...site.settings,
      workloads: [{ ...ref, containers: null, initContainers: null, withoutOpen: [] }],
    }
    site.workload = { ...cronJob(false, oldImage), metadata: deployment().metadata }
    expect(await site.check()).toHaveLength(1)
    expect(site.warnings).toEqual([])
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
  [
    "builds batches",
    { batch: true, sourceType: "GITHUB" },
    "the CodeBuild project shop builds batches, which envseal does not",
  ],
  [
    "belongs to a pipeline",
    { batch: false, sourceType: "CODEPIPELINE" },
    "the CodeBuild project shop is started by its pipeline alone",
  ],
])("a project that %s cannot be built", async (_, project, message) => {
  site.project = project
  expect(await site.failure()).toMatchObject({ code: "PROJECT_UNUSABLE", message })
})

describe("a project whose source has no commits", () => {
  test.each(["S3", "NO_SOURCE", "CODEPIPELINE"])("is refused with a commit: %s", async (sourceType) => {
    site.project = { batch: false, sourceType }
    const commit = "c".repeat(40)
    expect(await site.failure({ type: "build", commit, detach: false })).toMatchObject({
      code: "PROJECT_UNUSABLE",
      message: `the source of the CodeBuild project shop is ${sourceType}, which has no commits, and ${commit} is to be built`,
    })
  })

  test.each(["S3", "NO_SOURCE"])("is built as it is: %s", async (sourceType) => {
    site.project = { batch: false, sourceType }
    expect(await site.check()).toHaveLength(1)
  })
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
      first: newImage,
      second: newImage,
      longer: `${repository}-admin:v1`,
      other: "nginx:1",
    })
    const [target] = await site.check()
    expect(Object.keys(target?.live ?? {})).toEqual(["first", "second"])
  })

  test.each([`${repository}:v1`, repository])("are those with %s too", async (image) => {
    site.workload = withImages({ app: image, nginx: "nginx:1" })
    expect(await site.check()).toMatchObject([{ live: { app: image } }])
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

  test("is asked whether the name is right, when a workload may not even be read", async () => {
    const readWeb = { ...patchWeb, verb: "get" } as const
    site.workload = denied
    site.refused = [readWeb, patchWeb]
    expect(await site.failure()).toMatchObject({
      code: "ACCESS_DENIED",
      hint: "is the name web right? If it is, print the Role that grants it: envseal policy cluster -e production",
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
  const owned = (manager: string, fields: object, subresource?: string) => ({
    managedFields: [
      { manager, fieldsV1: { "f:metadata": {}, ...fields }, ...(subresource ? { subresource } : {}) },
    ],
  })
  const spec = { "f:spec": { "f:template": {} } }

  test.each([
    ["Argo CD", { annotations: { "argocd.argoproj.io/tracking-id": "shop" } }],
    ["Argo CD", { labels: { "argocd.argoproj.io/instance": "shop" } }],
    ["Flux", { labels: { "kustomize.toolkit.fluxcd.io/name": "shop" } }],
    ["Flux", { annotations: { "helm.toolkit.fluxcd.io/name": "shop" } }],
    ["Helm", { annotations: { "meta.helm.sh/release-name": "shop" } }],
    ["Keel", { labels: { "keel.sh/policy": "major" } }],
    ["kapp", { labels: { "kapp.k14s.io/app": "1" } }],
    ["Argo CD", owned("argocd-controller", spec)],
    ["Argo CD", owned("argocd-application-controller", spec)],
    ["Flux", owned("kustomize-controller", spec)],
    ["Flux", owned("helm-controller", spec)],
    ["Helm", owned("helm", spec)],
    ["Helm", owned("Helm", spec)],
    ["Keel", owned("keel", spec)],
    ["kapp", owned("kapp", spec)],
    ["werf", owned("werf", spec)],
    ["Pulumi", owned("pulumi-kubernetes-1a2b3c", spec)],
    ["Terraform", owned("Terraform", spec)],
    ["shop-operator", owned("shop-operator", spec)],
  ])("is deployed with a warning of %s, as by %j", async (name, metadata) => {
    site.workload = withMetadata(metadata)
    expect(await site.check()).toHaveLength(1)
    expect(site.warnings).toEqual([`deployment/web is managed by ${name}, which may set its image back`])
  })

  test.each([
    ["people", owned("kubectl-client-side-apply", spec)],
    ["envseal", owned("envseal", spec)],
    ["the cluster itself", owned("kube-controller-manager", spec)],
    ["an autoscaler, as far as it scales", owned("my-autoscaler", spec, "scale")],
    ["one that writes annotations alone", owned("cert-watcher", {})],
  ])("is none when it is written by %s", async (_, metadata) => {
    site.workload = withMetadata(metadata)
    await site.check()
    expect(site.warnings).toEqual([])
  })

  test("is warned of once for each manager, by marks and by fields", async () => {
    const { managedFields } = owned("helm", spec)
    const flux = owned("helm-controller", spec).managedFields
    site.workload = withMetadata({
      annotations: { "meta.helm.sh/release-name": "shop" },
      managedFields: [...managedFields, ...flux],
    })
    await site.check()
    expect(site.warnings).toEqual([
      "deployment/web is managed by Flux and Helm, which may set its image back",
    ])
  })

  test("by a Rollout of Argo is said to have pods that are not watched", async () => {
    site.workload = withMetadata(owned("rollouts-controller", { "f:spec": { "f:replicas": {} } }))
    await site.check()
    expect(site.warnings).toEqual([
      "deployment/web is managed by Argo Rollouts, which may set its image back; the pods of a Rollout are not those of deployment/web, and are not watched",
    ])
  })
})

describe("different images of the repository in one pod", () => {
  const two = withImages({ app: `${repository}:php-fpm`, nginx: `${repository}:nginx` })

  test("are refused where no setting says which one is the app's, with what to write", async () => {
    site.workload = two
    expect(await site.failure()).toMatchObject({
      code: "WORKLOAD_UNUSABLE",
      problems: [
        {
          code: "SEVERAL_IMAGES",
          name: "deployment/web",
          reason: `has different images of ${repository}: :php-fpm in app, :nginx in nginx; write which containers get the app's image, such as { deployment: web, containers: [app] }`,
        },
      ],
    })
  })

  test("are no obstacle where a setting says which one is the app's", async () => {
    site.settings = { ...site.settings, workloads: [{ ...web, containers: ["app"], initContainers: [] }] }
    site.workload = two
    expect(await site.check()).toMatchObject([{ live: { app: `${repository}:php-fpm` } }])
  })

  test("are none when all containers have the same", async () => {
    site.workload = withImages({ app: newImage, init: newImage, nginx: "nginx:1" })
    expect(await site.check()).toHaveLength(1)
  })
})

describe("a container that gets the image", () => {
  function withCommand(part: object, others: object = {}, kind = deployment()): Workload {
    const pod = { spec: { containers: [{ name: "app", image: oldImage, ...part }], ...others } }
    return { ...kind, spec: { ...kind.spec, template: pod } }
  }
  const never = (shown: string) => [
    {
      code: "NEVER_OPENS",
      name: "deployment/web",
      reason: `has its own command in app (${shown}), in the place of the image's entrypoint, so that envseal open never runs; write it as args, begin it with envseal open … --, or list the container under withoutOpen`,
    },
  ]

  test.each([
    [["php", "artisan", "queue:work"], "php"],
    [["/bin/sh", "-c", "exec php-fpm # envseal opens"], "/bin/sh"],
    [["my-envseal-open"], "my-envseal-open"],
  ])("is refused when its command %j takes the place of envseal open", async (command, shown) => {
    site.workload = withCommand({ command })
    expect(await site.failure()).toMatchObject({ code: "WORKLOAD_UNUSABLE", problems: never(shown) })
  })

  test("is refused in a CronJob too", async () => {
    const containers = [{ name: "app", image: oldImage, command: ["php", "artisan", "schedule:run"] }]
    const cron = cronJob()
    const template = { spec: { containers } }
    site.workload = { ...cron, spec: { ...cron.spec, jobTemplate: { spec: { template } } } }
    expect((await site.failure()).problems).toEqual(never("php"))
  })

  test.each<readonly [string, object, object]>([
    ["has no command", { args: ["php", "artisan", "queue:work"] }, {}],
    ["has an empty one", { command: [] }, {}],
    ["begins with envseal open", { command: ["envseal", "open", "--", "php-fpm"] }, {}],
    ["begins with it by its path", { command: ["/usr/local/bin/envseal", "open", "--"], args: ["php"] }, {}],
    ["runs it in a shell", { command: ["sh", "-c", "cd /app && envseal open -- php-fpm"] }, {}],
    ["has it as args of a program", { command: ["tini", "--"], args: ["envseal", "open", "--", "php"] }, {}],
    [
      "has an init container that opens for it",
      { command: ["php-fpm"] },
      {
        initContainers: [
          { name: "open", image: oldImage, command: ["envseal", "open", "--out", "/run/app/.env"] },
        ],
      },
    ],
  ])("is taken when it %s", async (_, part, others) => {
    site.workload = withCommand(part, others)
    expect(await site.check()).toHaveLength(1)
  })

  test("is taken with any command where the settings say that it need not open", async () => {
    site.settings = { ...site.settings, workloads: [{ ...web, withoutOpen: ["app"] }] }
    site.workload = withCommand({ command: ["nginx"] })
    expect(await site.check()).toHaveLength(1)
  })
})

describe("a change that is only tried", () => {
  const refused = new EnvsealError(
    "PATCH_REFUSED",
    "the cluster does not take the change of deployment/web: admission webhook denied the request: no",
  )

  test("has the image that runs, and the annotations of a deploy", async () => {
    await site.check()
    const [steps = []] = site.tried
    const images = steps.filter(({ path }) => path.endsWith("/image")).map(({ value }) => value)
    expect(images).toEqual([oldImage, oldImage])
    expect(JSON.stringify(steps)).toContain("envseal.dev/releases")
    expect(JSON.stringify(steps)).toContain("anna@laptop")
  })

  test("is a fault of its workload when the cluster refuses it", async () => {
    site.refusal = refused
    expect(await site.failure()).toMatchObject({
      code: "WORKLOAD_UNUSABLE",
      problems: [
        {
          code: "CHANGE_REFUSED",
          name: "deployment/web",
          reason: `cannot be changed: ${refused.message}`,
        },
      ],
    })
  })

  test("is none when somebody else was quicker, and an unknown when the cluster cannot be asked", async () => {
    site.refusal = new EnvsealError("PATCH_CONFLICT", "it has changed")
    expect(await site.check()).toHaveLength(1)
    site.refusal = new EnvsealError("REMOTE_FAILED", "no answer")
    expect(await site.failure()).toBe(site.refusal)
  })

  test("is not made of a workload that has another fault", async () => {
    site.workload = { ...deployment(2, {}, oldImage), spec: { ...deployment().spec, paused: true } }
    await site.failure()
    expect(site.tried).toEqual([])
  })
})

describe("a repository that is not in ECR", () => {
  beforeEach(() => {
    site.images = null
  })

  test.each<readonly [string, Start, string]>([
    [
      "a build",
      { type: "build", commit: null, detach: false },
      "where alone the image of a build can be looked for",
    ],
    [
      "a build that runs",
      { type: "resume", build: "shop:1" },
      "where alone the image of a build can be looked for",
    ],
    ["a tag", { type: "image", image: "v1" }, "where alone a tag can be looked up"],
    [
      "a whole name with a tag",
      { type: "image", image: `${repository}:v1` },
      "where alone a tag can be looked up",
    ],
    ["a part of a digest", { type: "image", image: "sha256:12" }, "where alone a tag can be looked up"],
  ])("is refused for %s before anything is asked for", async (_, start, why) => {
    const failure = await site.failure(start)
    expect(failure).toMatchObject({
      code: "IMAGE_UNUSABLE",
      message: `${repository} is not in Amazon ECR, ${why}`,
    })
    expect(failure.hint).toContain("--image sha256:…")
    expect(site.asked).toEqual([])
  })

  test.each([newImage, newImage.split("@")[1] ?? ""])("is taken for the digest %s", async (image) => {
    expect(await site.check({ type: "image", image })).toHaveLength(1)
    expect(site.lookedFor).toEqual([])
  })

  test("is gone back in without asking for its images", async () => {
    const releases = [{ images: { app: oldImage } }, { images: { app: newImage } }]
    site.workload = withMetadata({ annotations: { "envseal.dev/releases": JSON.stringify(releases) } })
    expect(await site.check({ type: "back", to: null, agreed: null })).toHaveLength(1)
    expect(site.lookedFor).toEqual([])
  })
})

describe("going back", () => {
  const [, digest = ""] = newImage.split("@")

  function ranBefore(before: string): void {
    const releases = [{ images: { app: oldImage } }, { images: { app: before, gone: "nginx:1" } }]
    site.workload = withMetadata({ annotations: { "envseal.dev/releases": JSON.stringify(releases) } })
  }

  test("asks the registry for what ran before, and for no container that is gone", async () => {
    ranBefore(newImage)
    site.images = [digest]
    expect(await site.check({ type: "back", to: null, agreed: null })).toHaveLength(1)
    expect(site.lookedFor).toEqual([digest])
  })

  test("asks for what a container that has another name now ran before", async () => {
    const releases = [{ images: { web: oldImage } }, { images: { web: newImage } }]
    site.workload = withMetadata({ annotations: { "envseal.dev/releases": JSON.stringify(releases) } })
    site.images = [digest]
    expect(await site.check({ type: "back", to: null, agreed: null })).toHaveLength(1)
    expect(site.lookedFor).toEqual([digest])
  })

  test("is refused when that image has expired", async () => {
    ranBefore(newImage)
    expect(await site.failure({ type: "back", to: null, agreed: null })).toMatchObject({
      code: "IMAGE_UNUSABLE",
      message: `there is no image ${newImage}`,
    })
  })

  test("is refused when that image is of another repository", async () => {
    ranBefore("nginx:1")
    expect(await site.failure({ type: "back", to: null, agreed: null })).toMatchObject({
      code: "IMAGE_UNUSABLE",
      message: `what deployment/web ran before is nginx:1, which is not of ${repository}`,
    })
    expect(site.lookedFor).toEqual([])
  })

  test("is left to the run when no release before is known", async () => {
    expect(await site.check({ type: "back", to: null, agreed: null })).toHaveLength(1)
    expect(site.lookedFor).toEqual([])
  })
})

test("of a cluster that answers nothing, the rights are told that could not be asked for, though a read gave up before", async () => {
  const noAnswer = (what: string) => new EnvsealError("REMOTE_FAILED", `no answer to ${what}`)
  site.workload = noAnswer("the read")
  site.away = async () => {
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
    throw noAnswer("the review")
  }
  expect(await site.failure()).toMatchObject({ code: "REMOTE_FAILED", message: "no answer to the review" })
})
