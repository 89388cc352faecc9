import { describe, expect, test } from "vitest"
import type { Lease, Workload } from "../../../src/core/kubernetes.ts"
import { manifestsFor } from "../../../src/setup/core/manifests.ts"
import { newSite } from "../../../src/setup/core/site.ts"
import {
  type AppliedPorts,
  type AppliedRequest,
  appliedManifests,
} from "../../../src/setup/run/applied-manifests.ts"
import { deployment, newImage, oldImage, otherImage, repository } from "../../deploy/core/scene.ts"
import { failureOf } from "../../fake/failure.ts"
import { settings } from "../../status/scene.ts"
import { MemoryRepository } from "../memory-repository.ts"

const example = `${repository}@sha256:${"0".repeat(64)}`
const workload = (kind: "Deployment" | "CronJob", name: string) => ({
  ...{ kind, name, containers: null, initContainers: null, withoutOpen: [] },
})

/** The workloads of `envseal init`. */
const own = {
  ...settings(),
  image: { repository, variable: "ENVSEAL_IMAGE", tag: null },
  cluster: { eks: null, context: "fake", namespace: "shop-production", server: null },
  workloads: [
    workload("Deployment", "shop-web"),
    workload("Deployment", "shop-worker"),
    workload("CronJob", "shop-schedule"),
  ],
}
const site = newSite({ app: "shop", environment: "production", account: "111122223333", region: "eu-west-1" })
const files = Object.fromEntries(manifestsFor(site).map(({ path, text }) => [path, text]))

/** A cluster and a registry, and what was asked of them. */
class Place {
  /** By name; nothing runs where nothing stands. */
  running: Readonly<Record<string, readonly string[]>> = {}
  newest: string | null = null
  lease: Lease | null = null
  texts: Readonly<Record<string, string>> = files
  stdin = ""
  readonly asked: string[] = []
  readonly warnings: string[] = []

  apply(request: Partial<AppliedRequest> = {}) {
    const folder = "kubernetes/production/"
    return appliedManifests({ settings: own, named: [], folder, image: null, ...request }, this.#ports())
  }

  #ports(): AppliedPorts {
    const { ports } = new MemoryRepository(this.texts)
    return {
      folders: ports.folders,
      files: { read: ports.files.read, readStdin: async () => Buffer.from(this.stdin) },
      cluster: {
        ...{ name: "fake", server: "https://fake", serverName: null, namespace: "shop-production" },
        read: async ({ kind, name }) => this.#live(kind, name),
        readLease: async () => this.lease,
      },
      named: async (image) => {
        this.asked.push(`named ${image}`)
        return image
      },
      newest: async () => {
        this.asked.push("newest")
        return this.newest
      },
      log: { warn: (text) => this.warnings.push(text), debug: () => {} },
    }
  }

  #live(kind: string, name: string): Workload | null {
    const images = this.running[name]
    if (images === undefined) return null
    const [image = "", init] = images
    const initContainers = init === undefined ? [] : [{ name: "public", image: init }]
    const template = {
      spec: {
        containers: [
          { name: "app", image },
          { name: "nginx", image: "nginx:1" },
        ],
        initContainers,
      },
    }
    const { metadata } = deployment()
    if (kind === "CronJob")
      return { kind: "CronJob", metadata, spec: { jobTemplate: { spec: { template } } } }
    return { kind: "Deployment", metadata, spec: { template } }
  }
}

const imagesOf = (text: string) => [...text.matchAll(/^ +(?:- )?image: (\S+)$/gm)].map(([, image]) => image)
const nginx = "public.ecr.aws/nginx/nginx-unprivileged:1.29-alpine"

describe("the manifests of an environment get", () => {
  test("the image that each container runs, and every other byte stays", async () => {
    const place = new Place()
    place.running = {
      "shop-web": [newImage, oldImage.replace("0".repeat(64), "2".repeat(64))],
      "shop-worker": [otherImage],
      "shop-schedule": [newImage],
    }
    const { text, given } = await place.apply()
    expect(imagesOf(text)).toEqual([
      newImage,
      oldImage.replace("0".repeat(64), "2".repeat(64)),
      newImage,
      nginx,
      otherImage,
    ])
    expect(new Set(given.map(({ because }) => because))).toEqual(new Set(["it runs"]))
    expect(place.asked).toEqual([])
    const without = text.replace(/^( +- )image: \S+\/shop@\S+\n +/gm, "$1")
    expect(without).toContain(files["kubernetes/production/web.yaml"])
  })

  test("the image of the others, for a workload that is new", async () => {
    const place = new Place()
    place.running = { "shop-web": [newImage, newImage], "shop-schedule": [newImage] }
    const { given } = await place.apply({ image: otherImage })
    expect(given).toContainEqual({
      ...{ workload: "deployment/shop-worker", container: "app", image: newImage },
      because: "the others run it",
    })
  })

  test("the image that is named, where nothing runs, and then nothing else is asked", async () => {
    const place = new Place()
    const { given } = await place.apply({ image: newImage })
    expect(given.map(({ image }) => image)).toEqual([newImage, newImage, newImage, newImage])
    expect(place.asked).toEqual([`named ${newImage}`])
  })

  test("the newest image of the environment, where nothing runs but an example's", async () => {
    const place = new Place()
    place.running = { "shop-web": [example, example], "shop-worker": [example], "shop-schedule": [example] }
    place.newest = newImage
    const { given } = await place.apply()
    expect(given.map(({ image, because }) => [image, because])).toEqual(
      Array.from({ length: 4 }, () => [newImage, "it is the newest"]),
    )
    expect(place.asked).toEqual(["newest"])
  })

  test("what runs also in the place of the example's image that they were written with before", async () => {
    const place = new Place()
    const web = files["kubernetes/production/web.yaml"] ?? ""
    place.running = { "shop-web": [newImage, newImage] }
    place.texts = { "web.yaml": web.replaceAll("- name: app", `- image: ${example}\n          name: app`) }
    const { text } = await place.apply({ named: ["web.yaml"] })
    expect(imagesOf(text)).toEqual([newImage, newImage, nginx])
  })
})

describe("nothing is printed", () => {
  test("when no image is known", async () => {
    expect(await failureOf(() => new Place().apply())).toMatchObject({
      code: "IMAGE_UNUSABLE",
      message: expect.stringContaining("nothing of production runs yet"),
    })
  })

  test("when the workloads run different images, and a new one could get either", async () => {
    const place = new Place()
    place.running = { "shop-web": [newImage, newImage], "shop-schedule": [otherImage] }
    expect(await failureOf(() => place.apply())).toMatchObject({ code: "IMAGE_UNUSABLE" })
    const { given } = await place.apply({ image: newImage })
    expect(given.filter(({ because }) => because === "it was named")).toHaveLength(1)
  })

  test("when a container has no image and no deploy gives it one, with each such place", async () => {
    const place = new Place()
    const worker = files["kubernetes/production/worker.yaml"] ?? ""
    place.texts = {
      "a.yaml": worker.replace("name: shop-worker", "name: shop-mailer"),
      "b.yaml": worker.replace("namespace: shop-production", "namespace: other"),
      "c.yaml": "kind: [",
    }
    const failure = await failureOf(() => place.apply({ named: ["a.yaml", "b.yaml", "c.yaml"] }))
    expect(failure).toMatchObject({ code: "MANIFEST_UNUSABLE" })
    expect(failure.problems.map(({ code, name }) => `${code} ${name}`)).toEqual([
      expect.stringMatching(/^NOT_DEPLOYED a\.yaml:\d+:11$/),
      expect.stringMatching(/^NOT_DEPLOYED b\.yaml:\d+:11$/),
      expect.stringMatching(/^BAD_MANIFEST c\.yaml:1:/),
    ])
  })

  test.each([
    ["no manifests", {}, "there are no manifests in kubernetes/production"],
    [
      "manifests of nothing that is deployed",
      { "kubernetes/production/a.yaml": "kind: Service\n" },
      "no workload of production is in",
    ],
    [
      "a kustomization",
      { "kubernetes/production/kustomization.yaml": "resources: []\n" },
      "kubernetes/production is made into manifests by kustomize",
    ],
  ])("for a folder with %s", async (_, texts, message) => {
    const place = new Place()
    place.texts = texts
    const failure = await failureOf(() => place.apply())
    expect(failure).toMatchObject({ code: "MANIFEST_UNUSABLE", message: expect.stringContaining(message) })
  })
})

test("what kustomize or Helm made comes by standard input", async () => {
  const place = new Place()
  place.stdin = files["kubernetes/production/worker.yaml"] ?? ""
  place.running = { "shop-worker": [newImage] }
  const { text } = await place.apply({ named: ["-"] })
  expect(text).toMatch(/^# standard input\n# A queue worker/)
  expect(imagesOf(text)).toEqual([newImage])
})

test("files in folders below are not among them, as kubectl has it", async () => {
  const place = new Place()
  place.texts = { ...files, "kubernetes/production/old/web.yaml": "kind: [" }
  place.newest = newImage
  expect((await place.apply()).given).toHaveLength(4)
})

test("a deploy that runs is told, for an image could change meanwhile", async () => {
  const place = new Place()
  place.newest = newImage
  place.lease = { metadata: { name: "envseal-shop-production" }, spec: { holderIdentity: "anna@laptop" } }
  await place.apply()
  expect(place.warnings).toEqual([expect.stringContaining("anna@laptop deploys production now")])
})

test("an image that is named and not needed is told to be so", async () => {
  const place = new Place()
  place.running = { "shop-worker": [newImage] }
  await place.apply({ named: ["kubernetes/production/worker.yaml"], image: otherImage })
  expect(place.warnings).toEqual([expect.stringContaining("--image changes nothing")])
  expect(place.asked).toEqual([])
})
