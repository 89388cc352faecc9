import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { count } from "../../src/core/text.ts"
import { environmentFor } from "../fake/aws/client.ts"
import { deployer } from "../fake/aws/deploy-world.ts"
import { repositoryArn } from "../fake/aws/repository.ts"
import { account, region, type World, withRole } from "../fake/aws/world.ts"
import { writeMeasured } from "./document.ts"
import { checkParts, clusterParts } from "./needed.ts"
import { namespace } from "./pod/pods.ts"
import { type PodStage, startPodStage } from "./pod/stage.ts"
import { load, machine, whetherQuiet } from "./report.ts"
import { toEcr } from "./reseal/images.ts"
import { type Laptop, type Round, runRound, type Way } from "./reseal/round.ts"
import { resealTable } from "./reseal/summary.ts"
import { makeRights, makeWeb, replicas, settingsText, user } from "./reseal/workload.ts"

const upLimit = "300s"
const rounds = Number(process.env["BENCH_RUNS"] ?? 5)

/**
 * `npm run bench:reseal` prints what a new configuration costs with a full build and by a reseal; with `-- --write` the
 * table also goes into docs/benchmarks.md.
 */
async function main(folder: string): Promise<void> {
  checkParts(clusterParts)
  const before = loadavg()[0] ?? 0
  await using stage = await startPodStage(folder)
  const laptop = await prepare(stage, folder)
  let running = stage.image.split("@")[1] ?? ""
  const all: Record<Way, Round[]> = { build: [], reseal: [] }
  for (let number = 0; number < rounds; number++) {
    for (const way of ["build", "reseal"] as const) {
      const { round, digest } = await runRound(stage, laptop, way, running)
      all[way].push(round)
      running = digest
    }
  }
  const text =
    `${whetherQuiet(before)}Medians of ${count(rounds, "deploy")} each, in turns, on ${machine()}; load average ` +
    `${load(before)} before, ${load(loadavg()[0] ?? 0)} after. ${replicas} pods, one node.\n\n${resealTable(all)}\n`
  console.log(text)
  if (process.argv.includes("--write")) writeMeasured("bench:reseal", text)
}

/** Starts the app, and lets build and deployer do what they are to. */
async function prepare({ shop, plane, relay, image }: PodStage, folder: string): Promise<Laptop> {
  const { aws, registry } = shop
  await aws.setWorld({
    ...rolesOf(await aws.world()),
    repositories: [{ name: "shop", images: [] }],
  })
  await toEcr(aws, registry, image.split("@")[1] ?? "")
  await plane.apply(...makeRights(), makeWeb({ name: "web", image, awsUrl: relay.url }))
  // The node has pulled then what both ways leave as it is.
  const isUp = ["rollout", "status", "deployment/web", `--timeout=${upLimit}`]
  await plane.read([...isUp, "--namespace", namespace])
  writeFileSync(join(folder, "envseal.yaml"), settingsText())
  const env = {
    ...environmentFor(aws, { via: "static", role: deployer.name, folder }),
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    KUBECONFIG: await plane.tokenKubeconfig(user),
  }
  return { env, folder }
}

/** A build that may put images into ECR, and a deployer as `envseal policy deployer` has it. */
function rolesOf(world: World): Pick<World, "roles"> {
  const { policies = [] } = world.roles.find(({ name }) => name === "build") ?? {}
  const moving = {
    Effect: "Allow",
    Action: "ecr:*",
    Resource: repositoryArn("shop", region, account),
  } as const
  const building = withRole(world, "build", {
    policies: [...policies, { Version: "2012-10-17", Statement: moving }],
  })
  return withRole({ ...world, ...building }, deployer.name, { policies: deployer.policies })
}

const folder = mkdtempSync(join(tmpdir(), "envseal-bench-"))
try {
  await main(folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
