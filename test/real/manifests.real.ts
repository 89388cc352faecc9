import { readFile } from "node:fs/promises"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { KubernetesCluster } from "../../src/adapters/kubernetes/cluster.ts"
import { podTemplateOf } from "../../src/core/kubernetes.ts"
import { giveImages } from "../../src/deploy/run/change.ts"
import { judgeLiveImage } from "../../src/doctor/core/workload-image.ts"
import { settings } from "../status/scene.ts"
import { type Stage, startStage } from "./deploy/stage.ts"
import { exampleImage, firstImage, Place, secondImage, type Way } from "./manifests/place.ts"

let stage: Stage
beforeAll(async () => {
  stage = await startStage(1)
  const images = [firstImage, secondImage].map((image, at) => ({
    ...{ digest: image.slice(image.indexOf("@") + 1), tags: [`v${at}`], pushedAt: "2026-01-02T03:04:05Z" },
  }))
  await stage.aws.setWorld({ repositories: [{ name: "shop", images }] })
})
afterAll(() => stage?.[Symbol.asyncDispose]())

let count = 0

async function open(): Promise<Place> {
  count += 1
  return Place.open(stage, `shop-${count}`)
}

async function clusterOf({ namespace }: Place): Promise<KubernetesCluster> {
  const { plane } = stage
  const token = plane.token("deployer")
  const access = {
    ...{ name: "real", server: plane.server, ca: await readFile(plane.ca, "utf8") },
    ...{ tlsServerName: null, insecure: false, proxy: null, credential: async () => ({ token }) },
  }
  return new KubernetesCluster(access, namespace, {
    log: { warn: () => {}, debug: () => {} },
    activity: { begin: () => {}, failed: () => {} },
  })
}

/** What a deploy does to the workloads, by its own code. */
async function deploy(place: Place, image: string): Promise<void> {
  const cluster = await clusterOf(place)
  const release = { image, build: null, commit: null, secretVersion: null, sealedAt: null }
  const home = { app: "shop", environment: "production", account: null, region: null, secrets: [] }
  const run = { by: "anna@laptop", run: "run-1", after: null, mixed: false, unproven: new Set<string>() }
  for (const { kind, metadata, ...workload } of await place.workloads()) {
    const { containers, initContainers = [] } = podTemplateOf({ kind, metadata, ...workload } as never).spec
    const names = [...containers, ...initContainers].map(({ name }) => name).filter((one) => one !== "nginx")
    const images = Object.fromEntries(names.map((name) => [name, image]))
    await giveImages(cluster, { kind, name: metadata.name }, images, release, {
      ...{ home, now: new Date() },
      ...run,
    })
  }
}

const clientFirst: readonly Way[] = ["client-side apply", "server-side apply", "client-side apply"]
const serverFirst: readonly Way[] = ["server-side apply", "client-side apply", "server-side apply"]
const others: readonly Way[] = ["server-side apply with --force-conflicts", "replace"]

/** Each way to have begun, with and without a deploy since, and each order of what follows. */
const histories = (["client-side apply", "server-side apply"] as const).flatMap((first) =>
  // Server-side apply keeps no such book.
  (first === "client-side apply" ? [false, true] : [false]).flatMap((told) =>
    [false, true].flatMap((deployed) =>
      [clientFirst, serverFirst].map((ways) => ({
        ...{ first, told, deployed, ways: [...ways, ...others] },
        title: `${first}${told ? ", set-last-applied" : ""}${deployed ? ", a deploy" : ""}, then ${ways[0]}`,
      })),
    ),
  ),
)

describe("manifests without an image, applied again as they are,", () => {
  test.each(histories)("keep what runs, or are refused and change nothing: $title", async (history) => {
    const place = await open()
    await place.begin(history.first, "--image", firstImage)
    if (history.told) expect(await place.setLastApplied()).toMatchObject({ status: 0 })
    if (history.deployed) await deploy(place, secondImage)
    let megabytes = 600
    for (const way of history.ways) {
      megabytes += 1
      const before = await place.specs()
      const { status, stderr } = await place.apply(way, `${megabytes}Mi`)
      expect(await place.images(), way).toEqual([history.deployed ? secondImage : firstImage])
      if (status === 0) expect(await place.memory(), way).toBe(`${megabytes}Mi`)
      else {
        expect(stderr, way).toContain("image: Required value")
        expect(await place.specs(), way).toEqual(before)
      }
    }
  })

  test("are taken by client-side apply once the image was left to deploys, and by server-side apply after a deploy", async () => {
    const place = await open()
    await place.begin("client-side apply", "--image", firstImage)
    expect(await place.apply("client-side apply")).toMatchObject({ status: 1 })
    await place.setLastApplied()
    expect(await place.apply("client-side apply", "600Mi")).toMatchObject({ status: 0, stderr: "" })
    await deploy(place, secondImage)
    expect(await place.apply("client-side apply", "601Mi")).toMatchObject({ status: 0, stderr: "" })
    expect(await place.apply("server-side apply", "602Mi")).toMatchObject({ status: 0 })
    expect([await place.memory(), await place.images()]).toEqual(["602Mi", [secondImage]])
  })

  test("are refused where nothing runs, before any pod is made", async () => {
    const place = await open()
    for (const way of [...clientFirst, "replace"] as const) {
      expect(await place.apply(way)).toMatchObject({ status: 1 })
    }
    expect((await place.kubectl("get", "deployments,cronjobs,pods", "-o", "name")).stdout).toBe("")
  })
})

test("a deploy that waits for no image, then envseal manifests again: what runs is what is printed", async () => {
  const place = await open()
  await place.begin("client-side apply", "--image", firstImage)
  await deploy(place, secondImage)
  const text = await place.manifests()
  expect(new Set(text.match(/shop@sha256:[0-9a-f]+/g))).toEqual(
    new Set([secondImage.slice(secondImage.indexOf("shop@"))]),
  )
  await place.begin("client-side apply")
  expect(await place.images()).toEqual([secondImage])
})

describe("what sets an image all the same is told by doctor, with what set it:", () => {
  const found = async (place: Place) => {
    const [wanted] = settings("[deployment/shop-worker]").workloads
    const live = await (await clusterOf(place)).read({ kind: "Deployment", name: "shop-worker" })
    if (wanted === undefined || live === null) throw new Error("it is there")
    return judgeLiveImage(settings(), wanted, live, ["app"])
  }

  test.each<[string, string, (place: Place) => Promise<unknown>]>([
    [
      "manifests of 0.1.0, whose image is an example's",
      "app has the image of an example, which no registry has; kubectl-client-side-apply set it",
      (place) => place.applyText("client-side apply", exampleImage),
    ],
    [
      "server-side apply with --force-conflicts and an image",
      "and the last deploy gave it sha256:000000000000; kubectl set it",
      (place) => place.applyText("server-side apply with --force-conflicts", firstImage),
    ],
    [
      "kubectl set image",
      "and the last deploy gave it sha256:000000000000; kubectl-set set it",
      (place) => place.kubectl("set", "image", "deployment/shop-worker", `app=${firstImage}`),
    ],
  ])("%s", async (_, words, change) => {
    const place = await open()
    await place.begin("client-side apply", "--image", firstImage)
    await deploy(place, secondImage)
    expect(await found(place)).toMatchObject({ answer: "ok" })
    await change(place)
    expect(await found(place)).toMatchObject({ answer: "no", text: expect.stringContaining(words) })
  })

  test("server-side apply of an image without --force-conflicts is refused", async () => {
    const place = await open()
    await place.begin("client-side apply", "--image", firstImage)
    await deploy(place, secondImage)
    const { status, stderr } = await place.applyText("server-side apply", firstImage)
    expect([status, stderr]).toEqual([1, expect.stringContaining('conflict with "envseal"')])
    expect(await place.images()).toEqual([secondImage])
  })
})

describe("what deletes, and makes again,", () => {
  test("apply --force comes back with the image that ran, and with other pods", async () => {
    const place = await open()
    await place.begin("client-side apply", "--image", firstImage)
    const uids = (await place.workloads()).map(({ metadata }) => metadata.uid)
    await place.apply("apply --force")
    expect(await place.images()).toEqual([firstImage])
    for (const { metadata } of await place.workloads()) expect(uids).not.toContain(metadata.uid)
  })

  test("replace --force does not come back", async () => {
    const place = await open()
    await place.begin("client-side apply", "--image", firstImage)
    expect(await place.apply("replace --force")).toMatchObject({ status: 1 })
    expect((await place.kubectl("get", "deployments,cronjobs", "-o", "name")).stdout).toBe("")
  })
})
