import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { shopRepository } from "../../fake/aws/deploy-world.ts"
import { Shop } from "../deploy/shop.ts"
import { type Stage, startStage } from "../deploy/stage.ts"
import { type Registry, startRegistry } from "../docker/registry.ts"
import { RealNode } from "./node.ts"
import { busyboxLayer, type OciImage, push, type Send } from "./oci.ts"
import { type NodePlay, playImage } from "./plays.ts"
import { makeNodeDeployment, makePullSecret, type NodeWorkload } from "./workload.ts"

const user = "AWS"
const password = "of one run"
const auth = Buffer.from(`${user}:${password}`).toString("base64")
const [host = ""] = shopRepository.split("/")

/** A control plane with one real node, which pulls what it runs from a registry in ECR's place. */
export interface NodeStage extends AsyncDisposable {
  readonly node: RealNode
  /** Of all that is the node's. Gone when the stage is. */
  readonly folder: string
  /** Publishes an image. @returns its name, by which envseal and the node know it. */
  publish(play: NodePlay, n?: number): Promise<string>
  /** Lets ECR say that there is an image of this digest. */
  announce(digest: string): Promise<void>
  /** An environment of these workloads, all of which run the image. */
  open(namespace: string, image: string, workloads: Workloads, settle?: string): Promise<Shop>
}

/** Which workloads there are, and whether they have a probe. */
type Workloads = Readonly<Record<string, { readonly probed: NodeWorkload["probed"] }>>

export async function startNodeStage(): Promise<NodeStage> {
  const folder = mkdtempSync(join(tmpdir(), "envseal-node-"))
  const undo: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })]
  const stop = async () => {
    for (const one of undo.splice(0).reverse()) await one()
  }
  try {
    const stage = await startStage(0)
    undo.push(async () => stage[Symbol.asyncDispose]())
    const registry = await startRegistry(user, password)
    undo.push(() => registry.stop())
    const mirror = { name: host, at: registry.host }
    const node = await RealNode.create(stage.plane, { folder: join(folder, "node-1"), mirror })
    undo.push(() => node.stop())
    const layer = await busyboxLayer(folder)
    return {
      node,
      folder,
      publish: (play, n = 0) => publish(stage, registry, playImage(layer, play, n)),
      announce: (digest) => announce(stage, digest),
      open: (namespace, image, workloads, settle) =>
        Shop.open(stage, {
          namespace,
          workloads: Object.entries(workloads).map(([name, { probed }]) =>
            makeNodeDeployment({ namespace, name, image, probed }),
          ),
          objects: [makePullSecret(namespace, host, auth)],
          ...(settle !== undefined && { settle }),
        }),
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function publish(stage: Stage, registry: Registry, image: OciImage): Promise<string> {
  await push(sendTo(registry), "shop", image)
  await announce(stage, image.manifest.digest)
  return `${shopRepository}@${image.manifest.digest}`
}

async function announce({ aws }: Pick<Stage, "aws">, digest: string): Promise<void> {
  const { repositories = [] } = await aws.world()
  const known = { digest, tags: [], pushedAt: "2026-01-02T03:04:05Z" }
  await aws.setWorld({
    repositories: repositories.map((one) => ({ ...one, images: [...one.images, known] })),
  })
}

function sendTo({ host: at }: Registry): Send {
  return (method, url, body, type) =>
    fetch(new URL(url, `http://${at}`), {
      method,
      headers: { authorization: `Basic ${auth}`, ...(type !== undefined && { "content-type": type }) },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(30_000),
    })
}
