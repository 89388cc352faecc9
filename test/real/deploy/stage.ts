import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { environmentFor, type FakeAws, startFakeAws } from "../../fake/aws/client.ts"
import { deployer, deployWorld, shopProject, successPlay } from "../../fake/aws/deploy-world.ts"
import { type ControlPlane, startControlPlane } from "../cluster/control-plane.ts"
import { digestOf, type Play } from "../cluster/plays.ts"

/** The user of the cluster who deploys, by a token. */
export const clusterUser = "deployer"

/** A fake AWS, and a control plane. */
export interface Stage extends AsyncDisposable {
  readonly aws: FakeAws
  readonly plane: ControlPlane
  /** The variables of the laptop. */
  readonly env: Readonly<Record<string, string>>
}

export async function startStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "envseal-deploy-"))
  const aws = await startFakeAws({ ...deployWorld, buildClock: { speed: 120 } })
  const plane = await startControlPlane({
    folder: join(folder, "plane"),
    users: { [clusterUser]: [] },
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
