import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { shopRepository } from "../../fake/aws/deploy-world.ts"
import { repositoryArn } from "../../fake/aws/repository.ts"
import { account, type Role, region, type World, withRole } from "../../fake/aws/world.ts"
import type { Manifest } from "../cluster/workloads.ts"
import { Shop } from "../deploy/shop.ts"
import { type Stage, startStage } from "../deploy/stage.ts"
import { type Registry, startRegistry } from "../docker/registry.ts"
import { type AwsRelay, startAwsRelay } from "./aws-relay.ts"
import { announceDigest, announceImage, type ImageManifest, imageInEcr } from "./ecr.ts"
import { RealNode } from "./node.ts"
import { busyboxLayer, type OciImage, push, sendTo } from "./oci.ts"
import { type NodePlay, playImage } from "./plays.ts"
import { makeServiceAccount, openingParts, serviceAccountOf, type Via } from "./pod-identity.ts"
import { Sealing } from "./sealing.ts"
import { makeNodeDeployment, makePullSecret, type NodeWorkload } from "./workload.ts"

const user = "AWS"
const password = "of one run"
const auth = Buffer.from(`${user}:${password}`).toString("base64")
const [host = ""] = shopRepository.split("/")

/** A control plane with one real node, which pulls what it runs from a registry in ECR's place. */
export interface NodeStage extends AsyncDisposable {
  readonly aws: Stage["aws"]
  readonly node: RealNode
  /** Of all that is the node's. Gone when the stage is. */
  readonly folder: string
  /** Publishes an image. @returns its name, by which envseal and the node know it. */
  publish(play: NodePlay, n?: number): Promise<string>
  /** Seals the secret as it is now, and publishes an image whose app is opened by envseal itself. */
  publishSealed(n?: number): Promise<string>
  /**
   * Runs `envseal reseal` on an image as the build does, and brings what it put into ECR to where the node pulls.
   *
   * @returns the digest of the new image.
   */
  reseal(image: string, tag: string): Promise<string>
  /** The manifest of an image, as the node gets it. */
  manifest(image: string): Promise<ImageManifest>
  /** Lets an environment's pods be a role that may decrypt. */
  grant(role: string, namespace: string): Promise<void>
  /** Lets ECR say that there is an image of this digest. */
  announce(digest: string): Promise<void>
  /** An environment of these workloads, all of which run the image. */
  open(namespace: string, image: string, workloads: Workloads, settle?: string): Promise<Shop>
}

/** Which workloads there are. */
type Workloads = Readonly<Record<string, WorkloadInit>>

/** Whether a workload has a probe, and how its pods come by a role, when they are to open a secret. */
interface WorkloadInit extends Pick<NodeWorkload, "probed"> {
  readonly opens?: { readonly via: Via; readonly role: string }
}

export async function startNodeStage(): Promise<NodeStage> {
  const folder = mkdtempSync(join(tmpdir(), "envseal-node-"))
  await using undo = new AsyncDisposableStack()
  undo.defer(() => rmSync(folder, { recursive: true, force: true }))
  const stage = await startStage(0)
  undo.use(stage)
  const registry = await startRegistry(user, password)
  undo.defer(() => registry.stop())
  const mirror = { name: host, at: registry.host }
  const node = await RealNode.create(stage.plane, { folder: join(folder, "node-1"), mirror })
  undo.defer(() => node.stop())
  const relay = await startAwsRelay(stage.aws.url, folder)
  undo.defer(() => relay.stop())
  await stage.aws.setWorld(await mayMoveLayers(stage))
  const layer = await busyboxLayer(folder)
  const sealing = new Sealing(stage.aws, layer)
  const kept = undo.move()
  return {
    aws: stage.aws,
    node,
    folder,
    publish: (play, n = 0) => publish(stage, registry, playImage(layer, play, n)),
    publishSealed: async (n) => publish(stage, registry, await sealing.image(n)),
    reseal: async (image, tag) => {
      const digest = await sealing.reseal(image, tag)
      await push(sendTo(registry.host, auth), "shop", await imageInEcr(stage.aws, digest))
      return digest
    },
    manifest: async (image) => {
      const path = `/v2/shop/manifests/${image.split("@")[1]}`
      return (await (
        await registry.get(path, "application/vnd.oci.image.manifest.v1+json")
      ).json()) as ImageManifest
    },
    announce: (digest) => announceDigest(stage.aws, digest),
    grant: (role, namespace) => grant(stage, role, namespace),
    open: (namespace, image, workloads, settle) =>
      Shop.open(stage, {
        namespace,
        workloads: Object.entries(workloads).map(([name, init]) =>
          workloadOf({ namespace, name, image }, init, relay),
        ),
        objects: [makePullSecret(namespace, host, auth), makeServiceAccount(namespace)],
        ...(settle !== undefined && { settle }),
      }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

function workloadOf(
  place: Pick<NodeWorkload, "namespace" | "name" | "image">,
  { probed, opens }: WorkloadInit,
  { url }: AwsRelay,
): Manifest {
  const more = opens === undefined ? {} : { more: openingParts(opens.via, opens.role, url) }
  return makeNodeDeployment({ ...place, probed, ...more })
}

async function publish({ aws }: Stage, registry: Registry, image: OciImage): Promise<string> {
  await push(sendTo(registry.host, auth), "shop", image)
  await announceImage(aws, image)
  return `${shopRepository}@${image.manifest.digest}`
}

/** The roles, with a build that may put images into ECR. */
async function mayMoveLayers({ aws }: Stage): Promise<Pick<World, "roles">> {
  const world = await aws.world()
  const { policies = [] } = world.roles.find(({ name }) => name === "builder") ?? {}
  const Resource = repositoryArn("shop", region, account)
  const moving = { Effect: "Allow", Action: "ecr:*", Resource } as const
  return withRole(world, "builder", {
    policies: [...policies, { Version: "2012-10-17", Statement: moving }],
  })
}

async function grant({ aws }: Stage, name: string, namespace: string): Promise<void> {
  const { roles } = await aws.world()
  const { policies = [] } = roles.find((role) => role.name === "app") ?? {}
  const serviceAccount = serviceAccountOf(namespace)
  const role: Role = { name, policies, mechanisms: ["web-identity", "pod-identity"], serviceAccount }
  await aws.setWorld({ roles: [...roles, role] })
}
