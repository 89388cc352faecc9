import { mkdtempSync, rmSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { environmentFor, type FakeAws, startFakeAwsApart } from "../../fake/aws/client.ts"
import { deployer, deployWorld, shopCluster, shopProject, successPlay } from "../../fake/aws/deploy-world.ts"
import type { EksCluster } from "../../fake/aws/eks-cluster.ts"
import { account } from "../../fake/aws/world.ts"
import { type ControlPlane, startControlPlane } from "../cluster/control-plane.ts"
import { digestOf, type Play } from "../cluster/plays.ts"

/** The user of the cluster who deploys, by a token. */
export const clusterUser = "deployer"

/** The deployer by AWS credentials alone, as the control plane knows the session. */
export const awsUser = `arn:aws:sts::${account}:assumed-role/deployer/static`

/** A fake AWS, and a control plane that is its EKS cluster `shop`, whose tokens it takes. */
export interface Stage extends AsyncDisposable {
  readonly aws: FakeAws
  readonly plane: ControlPlane
  /** The variables of the laptop. */
  readonly env: Readonly<Record<string, string>>
}

/** @param nodes how many nodes kwok plays; 4 when it is left out. */
export async function startStage(nodes?: number): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "envseal-deploy-"))
  const aws = await startFakeAwsApart({ ...deployWorld, buildClock: { speed: 120 } })
  const plane = await startControlPlane({
    folder: join(folder, "plane"),
    users: { [clusterUser]: [] },
    tokenWebhook: { url: `${aws.url}/_eks/token-review/shop` },
    issuer: deployWorld.cluster.issuer,
    ...(nodes !== undefined && { nodes }),
  })
  const publicKey = await readFile(plane.accountsKey, "utf8")
  await aws.setWorld({
    eksClusters: [await eksClusterOf(plane)],
    cluster: { ...deployWorld.cluster, publicKey },
  })
  const env = {
    ...environmentFor(aws, { via: "static", role: deployer.name, folder }),
    KUBECONFIG: await plane.tokenKubeconfig(clusterUser),
  }
  return {
    ...{ aws, plane, env },
    async [Symbol.asyncDispose]() {
      await plane.stop()
      await aws.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** @param tokenSeconds for how long its tokens are good; 15 minutes when it is left out. */
export async function eksClusterOf(plane: ControlPlane, tokenSeconds?: number): Promise<EksCluster> {
  const cluster = shopCluster(plane.server, (await readFile(plane.ca)).toString("base64"))
  return { ...cluster, ...(tokenSeconds !== undefined && { tokenSeconds }) }
}

/** What the pods of the next build do. */
export interface NextBuild {
  readonly play: Play
  /** Another image of the play for each number. */
  readonly n: number
}

/** The next build succeeds with an image of the play. */
export async function prepareBuild({ aws }: Stage, { play, n }: NextBuild): Promise<void> {
  await aws.setWorld({ projects: [shopProject([successPlay(digestOf(play, n))])] })
}
