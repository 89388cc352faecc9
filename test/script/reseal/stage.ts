import { readFileSync } from "node:fs"
import { unpackPlainGzip } from "../../../src/image/plain-gzip.ts"
import { readSealedLayer } from "../../../src/image/sealed-layer.ts"
import { type Push, type PushedImage, stocked } from "../../fake/aws/pushed-image.ts"
import { type Repository, repositoryArn } from "../../fake/aws/repository.ts"
import { account, region, withSecret } from "../../fake/aws/world.ts"
import type { TarEntry } from "../../fake/tar.ts"
import {
  context,
  key,
  type Production,
  printedPolicy,
  sealProduction,
  secretArn,
  startProduction,
} from "../aws/production.ts"
import type { Run, Sandbox } from "../harness.ts"

export const shop = `${account}.dkr.ecr.${region}.amazonaws.com/shop`
export const commit = "1a2b3c4d1a2b3c4d1a2b3c4d1a2b3c4d1a2b3c4d"
export const newSecret = { APP_KEY: "base64:abc=", DB_PASSWORD: "hunter2-canary" }
export const newDotenv = "APP_KEY=base64:abc=\nDB_PASSWORD=hunter2-canary\n"

/** The production of {@link startProduction}, whose build may reseal, with a sealed file of the old secret. */
export interface Stage extends Production {
  /** The old `.env.sealed`. */
  readonly old: Buffer
}

/** The account with what `envseal policy build --repository` allows, and one sealed file. */
export async function startStage(): Promise<Stage> {
  const production = await startProduction()
  await sealProduction(production)
  const old = readFileSync(production.box.path(".env.sealed"))
  const policy = await buildPolicy(production.box)
  const roles = production.aws.roles.map((one) =>
    one.name === "build" ? { ...one, policies: [policy] } : one,
  )
  await production.aws.setWorld({ roles })
  return { ...production, old }
}

export function buildPolicy(box: Sandbox) {
  const arns = [
    "--kms-key",
    key,
    "--secret",
    secretArn,
    "--repository",
    repositoryArn("shop", region, account),
  ]
  return printedPolicy(box, "build", "-e", "production", "-c", "app=shop", ...arns)
}

/** The folder that Docker's own layers name too, and the sealed file. */
export function sealedMembers(content: Uint8Array): readonly TarEntry[] {
  return [
    { path: "app/", type: "5", mode: 0o755 },
    {
      path: "app/.env.sealed",
      content,
      mode: 0o440,
      uid: 33,
      gid: 33,
      attributes: { mtime: "1767225600.25" },
    },
  ]
}

/** An image as the example's Dockerfile makes it. */
export function appImage(content: Uint8Array, part: Partial<PushedImage> = {}): PushedImage {
  return {
    labels: { "org.opencontainers.image.revision": commit, vendor: "shop" },
    layers: [
      {
        members: [
          { path: "app/", type: "5" },
          { path: "app/index.php", content: "<?php" },
        ],
      },
      { members: sealedMembers(content), createdBy: "COPY .env.sealed . # buildkit" },
    ],
    ...part,
  }
}

/** Puts images into the repository, and the next version into the secret. Nothing of a test before is left. */
export async function restock(
  { aws }: Stage,
  pushes: readonly Push[],
  part: Partial<Repository> = {},
): Promise<void> {
  const versions = [
    {
      id: "00000000-0000-4000-8000-000000000003",
      stages: ["AWSCURRENT"],
      string: JSON.stringify(newSecret),
    },
  ]
  await aws.clearFailures()
  await aws.setWorld({
    repositories: [stocked("shop", pushes, part)],
    ...withSecret(await aws.world(), "shop/production", { versions }),
  })
  await aws.clearRequests()
}

export function reseal(
  stage: Stage,
  digest: string,
  args: readonly string[] = [],
  role = "build",
): Promise<Run> {
  return stage.box.envseal([...resealArgs(digest), ...args], { env: stage.as(role) })
}

export function resealArgs(digest: string): string[] {
  const sealing = ["--from", "aws-sm:shop/production", "--recipient", "aws-kms:alias/envseal-production"]
  return ["reseal", ...sealing, "--context", context, "--image", `${shop}@${digest}`, "--tag", "build-2"]
}

/** What the repository has under a tag or a digest, and a way to its parts. */
export async function pulled({ aws }: Stage, reference: string) {
  const [repository] = (await aws.world()).repositories
  const image = repository?.images.find(
    ({ digest, tags }) => digest === reference || tags.includes(reference),
  )
  if (image === undefined) return null
  const blob = (digest: string) => Buffer.from(repository?.blobs?.[digest] ?? "", "base64")
  const manifest = JSON.parse(image.manifest ?? "{}")
  const layers: string[] = (manifest.layers ?? []).map((layer: { digest: string }) => layer.digest)
  const config = manifest.config === undefined ? null : JSON.parse(blob(manifest.config.digest).toString())
  const tar = layers.length === 0 ? null : unpackPlainGzip(blob(layers.at(-1) ?? ""), 1_000_000)
  return {
    digest: image.digest,
    manifest,
    config,
    layers,
    sealed: tar === null ? null : readSealedLayer(tar),
  }
}

/** The tags and digests of all that is in the repository. */
export async function inventory({ aws }: Stage): Promise<readonly string[]> {
  const [repository] = (await aws.world()).repositories
  return (repository?.images ?? []).flatMap(({ digest, tags }) => [digest, ...tags]).sort()
}

/** What a pod reads from the sealed file of an image. */
export async function opened({ box, as }: Stage, sealed: Uint8Array): Promise<string> {
  const args = ["open", "--in", "-", "--expect", context, "--kms-key", key, "--stdout"]
  return (await box.envseal(args, { env: as("pod"), stdin: sealed })).stdout
}
