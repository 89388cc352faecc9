import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { shopRepository } from "../../fake/aws/deploy-world.ts"
import { registryPassword } from "../../fake/aws/ecr.ts"
import { account, withRole } from "../../fake/aws/world.ts"
import { setup as buildBinaries } from "../../real/binaries.ts"
import { type ControlPlane, startControlPlane } from "../../real/cluster/control-plane.ts"
import { type Shop, startShop } from "../../real/docker/shop.ts"
import { type AwsRelay, startAwsRelay } from "../../real/node/aws-relay.ts"
import { RealNode } from "../../real/node/node.ts"
import { makeServiceAccount, serviceAccountOf } from "../../real/node/pod-identity.ts"
import { makePullSecret } from "../../real/node/workload.ts"
import { namespace, role } from "./pods.ts"

const [host = ""] = shopRepository.split("/")

/** The example app, built and pushed by its buildspec, and a real node that pulls and runs it. */
export interface PodStage extends AsyncDisposable {
  readonly shop: Shop
  readonly plane: ControlPlane
  readonly node: RealNode
  readonly relay: AwsRelay
  /** User and password of the registry, in base64. */
  readonly auth: string
  /** The image of the app, as the node knows it. */
  readonly image: string
}

/** @param folder for files, logs and data. The caller removes it. */
export async function startPodStage(folder: string): Promise<PodStage> {
  await using undo = new AsyncDisposableStack()
  await buildBinaries()
  const shop = undo.adopt(await startShop(), (one) => one.stop())
  const build = await shop.build()
  if (build.status !== "SUCCEEDED") throw new Error(build.log)
  const plane = undo.adopt(await startPlane(shop, join(folder, "plane")), (one) => one.stop())
  const nodeFolder = join(folder, "node-1")
  const mirror = { name: host, at: shop.registry.host }
  const node = undo.adopt(await RealNode.create(plane, { folder: nodeFolder, mirror }), (one) => one.stop())
  const relay = undo.adopt(await startAwsRelay(shop.aws.url, folder), (one) => one.stop())
  await plane.namespace(namespace)
  const auth = Buffer.from(`AWS:${registryPassword(account)}`).toString("base64")
  await plane.apply(makePullSecret(namespace, host, auth), makeServiceAccount(namespace))
  const digest = build.exported["ENVSEAL_IMAGE"]?.split("@")[1]
  const kept = undo.move()
  return {
    ...{ shop, plane, node, relay, auth, image: `${shopRepository}@${digest}` },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** A control plane whose tokens the account takes for the pods' role. */
async function startPlane({ aws, world }: Shop, folder: string): Promise<ControlPlane> {
  mkdirSync(folder, { recursive: true })
  const plane = await startControlPlane({ folder, nodes: 0, issuer: world.cluster.issuer })
  const publicKey = readFileSync(plane.accountsKey, "utf8")
  await aws.setWorld({
    cluster: { ...world.cluster, publicKey },
    ...withRole(await aws.world(), role, { serviceAccount: serviceAccountOf(namespace) }),
  })
  return plane
}
