import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { KubernetesCluster } from "../../src/adapters/kubernetes/cluster.ts"
import type { JsonPatchStep } from "../../src/core/kubernetes.ts"
import { failureOf } from "../fake/failure.ts"
import { type ControlPlane, startControlPlane } from "./cluster/control-plane.ts"
import { imageOf } from "./cluster/plays.ts"
import { hangMs } from "./hang.ts"

const web = { kind: "Deployment", name: "web" } as const
const bare = { kind: "CronJob", name: "bare" } as const
const imagePath = "/spec/template/spec/containers/0/image"
const good = imageOf("ready")
const patience = { timeout: hangMs, interval: 500 }

/** What a policy would not have. */
const unwanted = imageOf("never-ready")

const manifests = [
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "shop" },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "app", image: good }] },
      },
    },
  },
  {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "bare", namespace: "shop" },
    spec: {
      schedule: "0 0 1 1 *",
      jobTemplate: {
        spec: {
          template: { spec: { restartPolicy: "Never", containers: [{ name: "app", image: good }] } },
        },
      },
    },
  },
]

const group = "admissionregistration.k8s.io/v1"
const policy = [
  {
    apiVersion: group,
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: "images" },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: ["apps"], apiVersions: ["v1"], operations: ["UPDATE"], resources: ["deployments"] },
        ],
      },
      validations: [
        {
          expression: `object.spec.template.spec.containers.all(c, c.image != '${unwanted}')`,
          message: "that image is not wanted",
          reason: "Invalid",
        },
      ],
    },
  },
  {
    apiVersion: group,
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: "images" },
    spec: { policyName: "images", validationActions: ["Deny"] },
  },
]

let folder: string
let plane: ControlPlane
let cluster: KubernetesCluster

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "envseal-refusals-"))
  plane = await startControlPlane({
    folder: join(folder, "plane"),
    nodes: 1,
    users: { boss: ["system:masters"] },
  })
  await plane.namespace("shop")
  const objects = JSON.stringify({ apiVersion: "v1", kind: "List", items: [...manifests, ...policy] })
  await plane.read(["apply", "-f", "-"], { input: objects })
  const token = plane.token("boss")
  const access = {
    name: "real",
    server: plane.server,
    ca: await readFile(plane.ca, "utf8"),
    tlsServerName: null,
    insecure: false,
    proxy: null,
    credential: async () => ({ token }),
  }
  const silent = { warn: () => {}, debug: () => {} }
  cluster = new KubernetesCluster(access, "shop", {
    log: silent,
    activity: { begin: () => {}, failed: () => {} },
  })
})
afterAll(async () => {
  await plane?.stop()
  await rm(folder, { recursive: true, force: true })
})

const codeOf = async (steps: readonly JsonPatchStep[]) => {
  const { code, message } = await failureOf(() => cluster.patch(web, steps))
  return { code, message }
}

describe("a JSON patch that the API server does not apply", () => {
  test.each<[why: string, steps: readonly JsonPatchStep[]]>([
    ["a test does not hold", [{ op: "test", path: imagePath, value: "other" }]],
    [
      "a test's path leads nowhere",
      [{ op: "test", path: "/spec/template/spec/containers/7/name", value: "x" }],
    ],
    [
      "the container is gone",
      [{ op: "replace", path: "/spec/template/spec/containers/7/image", value: good }],
    ],
    ["the object is another version", [{ op: "test", path: "/metadata/resourceVersion", value: "1" }]],
  ])("is a conflict: %s", async (_, steps) => {
    expect(await codeOf(steps)).toMatchObject({ code: "PATCH_CONFLICT" })
  })
})

describe("a change that the API server does not take", () => {
  test.each<[why: string, steps: readonly JsonPatchStep[], words: string]>([
    ["an image that is empty", [{ op: "replace", path: imagePath, value: "" }], "Required value"],
    ["an image that is no text", [{ op: "replace", path: imagePath, value: 5 }], "Invalid value"],
    [
      "another selector",
      [{ op: "replace", path: "/spec/selector/matchLabels", value: { app: "x" } }],
      "field is immutable",
    ],
  ])("is refused with its words: %s", async (_, steps, words) => {
    expect(await codeOf(steps)).toEqual({ code: "PATCH_REFUSED", message: expect.stringContaining(words) })
  })

  test("is refused by a policy, with 422 as well", async () => {
    const steps: readonly JsonPatchStep[] = [{ op: "replace", path: imagePath, value: unwanted }]
    // A policy is in force some time after it was made; until then the change is undone.
    await expect
      .poll(async () => {
        const taken = await cluster.patch(web, steps).catch((error: unknown) => error)
        if (taken instanceof Error) return taken
        await cluster.patch(web, [{ op: "replace", path: imagePath, value: good }])
        return null
      }, patience)
      .toMatchObject({ code: "PATCH_REFUSED", message: expect.stringContaining("that image is not wanted") })
  })
})

test("the first annotation is added where there is none, and not where there is one by then", async () => {
  const steps: readonly JsonPatchStep[] = [
    { op: "test", path: "/metadata/annotations", value: null },
    { op: "add", path: "/metadata/annotations", value: { first: "1" } },
  ]
  await plane.read([
    "annotate",
    "-n",
    "shop",
    "cronjob/bare",
    "kubectl.kubernetes.io/last-applied-configuration-",
  ])
  expect((await cluster.patch(bare, steps)).metadata.annotations).toEqual({ first: "1" })
  expect(await failureOf(() => cluster.patch(bare, steps))).toMatchObject({ code: "PATCH_CONFLICT" })
})
