import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type Push, stocked } from "../../fake/aws/pushed-image.ts"
import { cronJob, deployment } from "../../fake/kubernetes/client.ts"
import { builtImage, imageOf, resealedImage } from "../deploy/reseal-stage.ts"
import { commit, type Stage, startStage } from "../deploy/stage.ts"
import { startStage as startDoctorStage } from "../doctor/stage.ts"
import { firstVersion, sealingPlay, secretSetting } from "../status/stage.ts"
import { give, type PageRun, runPage } from "./page.ts"

/** A build whose image is in the registry already, so that it can have the layers of a real one. */
function playOf({ digest }: Push) {
  const { image: _, ...play } = sealingPlay(firstVersion, digest)
  return { ...play, exported: { ...play.exported, ENVSEAL_COMMIT: commit } }
}

describe("the commands of docs/deploy.md, beside a fake AWS and a fake cluster,", () => {
  let stage: Stage
  let run: PageRun
  let images: Readonly<Record<"old" | "first" | "tagged" | "resealed" | "resumed", Push>>
  beforeAll(async () => {
    const [old, first, tagged, resumed] = await Promise.all([
      builtImage("old"),
      builtImage("build-1"),
      builtImage("build-42"),
      builtImage("build-0"),
    ])
    const resealed = await resealedImage(first)
    images = { old, first, tagged, resealed, resumed }
    stage = await startStage({
      builds: [resumed, first, resealed].map(playOf),
      workloads: ["deployment/web", "deployment/worker", "cronjob/report"],
      settings: secretSetting,
      world: { repositories: [stocked("shop", Object.values(images))] },
    })
    const image = imageOf(old)
    await stage.cluster.create(cronJob("report", { image }))
    await stage.cluster.deploy(deployment("web", { image }), deployment("worker", { image }))
    const { box, env } = stage
    const detached = await box.envseal(["deploy", "production", "--detach", "--json"], { env })
    const [, id = ""] = /"build":"(shop:[0-9a-f-]+)"/.exec(detached.stdout) ?? []
    run = await runPage("docs/deploy.md", {
      ...{ box, env },
      own: { "shop-production:1b2c3d4e-0000-4000-8000-000000000000": id },
      // A deployer may not list what it has no workload of, as the page shows.
      ends: { "envseal status --cluster --namespace shop": 5 },
    })
  })
  afterAll(() => stage?.[Symbol.asyncDispose]())

  test("run as pasted", () => expect(run.status, run.stderr).toBe(0))

  test("lead from release to release, and at the end back to the resealed one", async () => {
    const short = ({ digest }: Push) => digest.slice("sha256:".length, "sha256:".length + 12)
    const { old, first, tagged, resealed, resumed } = images
    const told = run.stderr.matchAll(/ from ([0-9a-f]{12})\b.*\n(?:.*\n)??.* to {3}([0-9a-f]{12})\b/g)
    const ways = [...told].map(([, from, to]) => `${from} ${to}`)
    // A rollback says it before and after.
    expect(ways.filter((way, at) => way !== ways[at - 1])).toEqual(
      [
        [old, first],
        [first, tagged],
        [tagged, first],
        [first, resealed],
        [resealed, resumed],
        [resumed, resealed],
      ].map((way) => way.map((push) => short(push)).join(" ")),
    )
    expect(await stage.cluster.podImages("web")).toEqual([imageOf(resealed)])
  })
})

test("the commands of docs/doctor.md run as pasted, for an environment that is in order", async () => {
  await using stage = await startDoctorStage()
  const example = (path: string) => readFileSync(join(import.meta.dirname, "../../..", path), "utf8")
  const copied = ["Dockerfile", ".dockerignore", "boot.sh", "php-fpm.conf"].map((name) => [
    name,
    example(`docker/${name}`),
  ])
  const buildspec = example("buildspec.yaml").replace("0".repeat(64), "1".repeat(64))
  give(stage.box, { ...Object.fromEntries(copied), "buildspec.yml": buildspec })
  const run = await runPage("docs/doctor.md", { box: stage.box, env: stage.env.deployer })
  expect(run.status, run.stderr).toBe(0)
  expect(run.stdout).toMatch(/^production\n {2}.*ok/)
})
