import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { FakeAws } from "../../fake/aws/client.ts"
import { registryPassword } from "../../fake/aws/ecr.ts"
import { account, roleArn } from "../../fake/aws/world.ts"
import { type ControlPlane, startControlPlane } from "../cluster/control-plane.ts"
import { startAwsRelay } from "../node/aws-relay.ts"
import { RealNode } from "../node/node.ts"
import { type Database, type DatabasePlace, startDatabase } from "./database.ts"
import { podIdentity } from "./identity.ts"
import { nginxImage } from "./public-images.ts"
import { clusterName, deployerRole, ecr, namespace, podAccount, podRole } from "./world.ts"

const podNetwork = "10.88.0.0/24"

/** What a cluster stands on. */
export interface Ground {
  readonly aws: FakeAws
  /** For all that it writes. */
  readonly folder: string
  /** Address and port of what its node pulls from. */
  readonly registry: string
  /** Where its database is to be. */
  readonly place: DatabasePlace
}

/** A cluster of one node, and a database that its pods reach. */
export interface Cluster extends AsyncDisposable {
  readonly plane: ControlPlane
  readonly database: Database
}

/** Starts it, with what EKS has in each cluster for the app's service account. */
export async function startCluster({ aws, folder, registry, place }: Ground): Promise<Cluster> {
  await using undo = new AsyncDisposableStack()
  const plane = await startPlane(aws, join(folder, "plane"))
  undo.defer(() => plane.stop())
  const node = await startNode(plane, join(folder, "node"), registry)
  undo.defer(() => node.stop())
  const relay = await startAwsRelay(aws.url, folder)
  undo.defer(() => relay.stop())
  await plane.apply(...podIdentity(podAccount, relay.url))
  const database = await startDatabase(place, podNetwork)
  undo.defer(() => database.stop())
  const kept = undo.move()
  return { plane, database, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/** The cluster of EKS: the deployer is let in as the template says, and its tokens are known to the account. */
async function startPlane(aws: FakeAws, folder: string): Promise<ControlPlane> {
  const { cluster } = await aws.world()
  const plane = await startControlPlane({
    ...{ folder, users: {}, nodes: 0, issuer: cluster.issuer },
    tokenWebhook: { url: `${aws.url}/_eks/token-review/${clusterName}` },
  })
  const [podNamespace = "", serviceAccount = ""] = podAccount.split("/")
  await aws.setWorld({
    cluster: { ...cluster, publicKey: readFileSync(plane.accountsKey, "utf8") },
    eksClusters: [
      {
        ...{ name: clusterName, endpoint: plane.server, ca: readFileSync(plane.ca).toString("base64") },
        accessEntries: [{ role: roleArn(deployerRole), groups: [`${namespace}-deployers`] }],
        podIdentityAssociations: [
          { id: "a-0123456789abcdefg", namespace: podNamespace, serviceAccount, roleArn: roleArn(podRole) },
        ],
      },
    ],
  })
  return plane
}

/** A node whose role may pull from the account's registry, and which finds other people's image there too. */
async function startNode(plane: ControlPlane, folder: string, registry: string): Promise<RealNode> {
  const node = await RealNode.create(plane, { folder, mirror: { name: ecr, at: registry } })
  const authorization = Buffer.from(`AWS:${registryPassword(account)}`).toString("base64")
  const [publicRegistry = ""] = nginxImage.split("/")
  for (const name of [ecr, publicRegistry]) {
    const place = join(folder, "certs.d", name)
    mkdirSync(place, { recursive: true })
    const hosts = `server = "http://${registry}"
[host."http://${registry}"]
  capabilities = ["pull", "resolve"]
  [host."http://${registry}".header]
    authorization = "Basic ${authorization}"
`
    writeFileSync(join(place, "hosts.toml"), hosts)
  }
  return node
}
