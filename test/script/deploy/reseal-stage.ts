import { readConfiguration } from "../../../src/image/configuration.ts"
import { type Exchange, exchangeLayer, type ImagePart } from "../../../src/image/exchange.ts"
import { readManifest } from "../../../src/image/manifest.ts"
import { packLayer, writeSealedLayer } from "../../../src/image/sealed-layer.ts"
import type { Play } from "../../fake/aws/build-play.ts"
import { digest, type Push, type PushedImage, pushImage, stocked } from "../../fake/aws/pushed-image.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import { sealed } from "../../fake/sealed.ts"
import type { TarEntry } from "../../fake/tar.ts"
import { sealingPlay, secondVersion, secretSetting } from "../status/stage.ts"
import { commit, repository, type Stage, type StageOptions, startStage } from "./stage.ts"

const access = { mode: 0o444, uid: 33, gid: 33 }

/** An image as a build pushes it: base, code, and the sealed file in a layer of its own, unless there are more. */
export async function builtImage(
  tag: string,
  part: Partial<PushedImage> = {},
  ...beside: readonly TarEntry[]
): Promise<Push> {
  const content = await sealed({ text: "APP_KEY=old\n" })
  return pushImage({
    tags: [tag],
    layers: [
      { members: [{ path: "usr/bin/php", content: "php".repeat(1_000) }], createdBy: "ADD base" },
      { members: [{ path: "app/index.php", content: `<?php // ${tag}` }] },
      {
        members: [{ path: "app/.env.sealed", content, ...access }, ...beside],
        createdBy: "COPY .env.sealed .",
      },
    ],
    ...part,
  })
}

/** The image that a reseal makes of one, and pushes. */
export async function resealedImage(
  from: Push,
  {
    how = "replace",
    alter = (json) => json,
  }: Partial<Pick<Exchange, "how">> & { alter?: (json: object) => object } = {},
): Promise<Push> {
  const text = from.images[0]?.manifest ?? ""
  const manifest = readManifest(text, from.mediaType, "shop")
  if (manifest.type === "index") throw new Error("it is an index")
  const json = Buffer.from(from.blobs[manifest.config.digest] ?? "", "base64").toString()
  const content = await sealed({ text: "APP_KEY=new\n" })
  const layer = packLayer(
    writeSealedLayer({ path: "app/.env.sealed", folders: [], ...access, mtime: 1_767_323_045, content }),
  )
  const made = exchangeLayer({
    ...{ manifest, layer, how, from: from.digest },
    configuration: readConfiguration(JSON.stringify(alter(JSON.parse(json))), "shop"),
    at: "2026-02-03T04:05:06.789Z",
  })
  return pushOf(made, layer.bytes, from)
}

function pushOf(
  { manifest, configuration }: { readonly manifest: ImagePart; readonly configuration: ImagePart },
  layer: Uint8Array,
  from: Push,
): Push {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64")
  const pushedAt = "2026-02-03T04:05:06Z"
  const own = { digest: manifest.digest, tags: ["resealed"], pushedAt, mediaType: manifest.mediaType }
  return {
    ...from,
    digest: manifest.digest,
    size: manifest.bytes.length,
    images: [{ ...own, manifest: Buffer.from(manifest.bytes).toString() }],
    blobs: {
      ...from.blobs,
      [configuration.digest]: base64(configuration.bytes),
      [digest(layer)]: base64(layer),
    },
  }
}

/** A build that has pushed this image before it says so. */
export function resealPlay(digest: string): Play {
  const { image: _, ...play } = sealingPlay(secondVersion, digest)
  return { ...play, exported: { ...play.exported, ENVSEAL_COMMIT: commit } }
}

export const imageOf = ({ digest }: Push) => `${repository}@${digest}`

/** A stage whose workloads run an image, and whose builds push another one. */
export async function resealStage(
  runs: Push,
  pushed: Push,
  options: Partial<StageOptions> = {},
): Promise<Stage> {
  const workloads = ["deployment/web", "deployment/worker"]
  const repositories = [stocked("shop", [runs, pushed])]
  const stage = await startStage({
    builds: [resealPlay(pushed.digest)],
    ...{ workloads, settings: secretSetting },
    ...options,
    world: { repositories, ...options.world },
  })
  const release = { images: { app: imageOf(runs) }, build: "shop:1", commit, proven: true }
  const annotations = { "envseal.dev/releases": JSON.stringify([release]) }
  await stage.cluster.deploy(
    ...["web", "worker"].map((name) => deployment(name, { image: imageOf(runs), annotations })),
  )
  await stage.aws.clearRequests()
  await stage.cluster.clearRequests()
  return stage
}
