import { randomBytes, randomUUID } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type Play, usualSeconds } from "../../fake/aws/build-play.ts"
import { shopProject, shopRepository } from "../../fake/aws/deploy-world.ts"
import { withSecret } from "../../fake/aws/world.ts"
import { commit } from "../../real/docker/shop.ts"
import type { PodStage } from "../pod/stage.ts"
import { manifestIn, newBytes, toEcr, toRegistry } from "./images.ts"
import { deploy, type Trip } from "./trip.ts"

/** How a new value of the secret comes to the pods. */
export type Way = "build" | "reseal"

/** One deploy of a new configuration. */
export interface Round extends Trip {
  /** What the buildspec took, in seconds. */
  readonly build: number
  /** What was put into the registry for it, and what each node pulls. */
  readonly bytes: number
}

/** A laptop: its variables, and a folder with an envseal.yaml. */
export interface Laptop {
  readonly env: Readonly<Record<string, string>>
  readonly folder: string
}

/**
 * Gives the secret a new value, runs the buildspec, and then a deploy whose build the double of CodeBuild plays: it takes as long as the buildspec took,
 * and ends with the same image.
 *
 * @param running digest of what runs. @returns the round, and the digest that runs now.
 */
export async function runRound(
  stage: PodStage,
  laptop: Laptop,
  way: Way,
  running: string,
): Promise<{ readonly round: Round; readonly digest: string }> {
  const { aws, registry } = stage.shop
  await changeSecret(stage)
  const { seconds, exported } = way === "build" ? await buildAnew(stage) : await resealIt(stage, running)
  const digest = exported["ENVSEAL_IMAGE"]?.split("@")[1] ?? ""
  if (way === "build") await toEcr(aws, registry, digest)
  else await toRegistry(aws, registry, digest, stage.auth)
  await aws.setWorld({ projects: [shopProject([playOf(stage, seconds, { ...exported, digest })])] })
  // Without a repository, nobody else knows of the commit that the full build is of.
  const args = way === "reseal" ? ["--reseal"] : ["--commit", commit]
  const trip = await deploy(args, laptop.env, laptop.folder)
  const bytes = newBytes(await manifestIn(registry, running), await manifestIn(registry, digest))
  return { round: { ...trip, build: seconds, bytes }, digest }
}

/** Somebody stores a new value of one name. */
async function changeSecret({ shop: { aws, app } }: PodStage): Promise<void> {
  const value = { ...app.secret, DB_PASSWORD: randomBytes(24).toString("base64url") }
  const version = { id: randomUUID(), stages: ["AWSCURRENT"], string: JSON.stringify(value) }
  await aws.setWorld(withSecret(await aws.world(), "shop/production", { versions: [version] }))
}

interface Built {
  readonly seconds: number
  readonly exported: Readonly<Record<string, string>>
}

/** A machine of CodeBuild knows nothing of builds before. */
async function buildAnew({ shop }: PodStage): Promise<Built> {
  await shop.engine.docker("builder", "prune", "--all", "--force")
  return timed(() => shop.build())
}

/** What `docker push` is given is on loopback here, and what `envseal reseal` works with is the double of ECR. */
function resealIt({ shop }: PodStage, running: string): Promise<Built> {
  return timed(() =>
    shop.build({ ENVSEAL_RESEAL_FROM: running }, (source) => {
      const path = join(source, "buildspec.yaml")
      const text = readFileSync(path, "utf8")
      writeFileSync(
        path,
        text.replace("$ENVSEAL_REPOSITORY@$ENVSEAL_RESEAL_FROM", `${shopRepository}@${running}`),
      )
    }),
  )
}

async function timed(build: () => ReturnType<PodStage["shop"]["build"]>): Promise<Built> {
  const start = performance.now()
  const { status, log, exported } = await build()
  if (status !== "SUCCEEDED") throw new Error(log)
  return { seconds: (performance.now() - start) / 1_000, exported }
}

function playOf(
  { shop }: PodStage,
  seconds: number,
  { digest, ...exported }: Readonly<Record<string, string>>,
): Play {
  const { buildClock } = shop.world
  const speed = "speed" in buildClock ? buildClock.speed : 1
  const none = Object.fromEntries(Object.keys(usualSeconds).map((type) => [type, 0]))
  return {
    seconds: { ...none, BUILD: seconds * speed },
    exported: { ...exported, ENVSEAL_IMAGE: `${shopRepository}@${digest}` },
  }
}
