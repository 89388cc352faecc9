import { join } from "node:path"
import { type FakeAws, startFakeAwsApart } from "../../fake/aws/client.ts"
import { deployWorld, shopProject, successPlay } from "../../fake/aws/deploy-world.ts"
import { type Project, projectArn } from "../../fake/aws/project.ts"
import { repositoryArn } from "../../fake/aws/repository.ts"
import { account, type Role, region, type World } from "../../fake/aws/world.ts"
import { type ControlPlane, startControlPlane } from "../../real/cluster/control-plane.ts"
import { digestOf } from "../../real/cluster/plays.ts"
import { otherSeconds, type Trial } from "./trial.ts"

/** The servers that both contenders meet. */
export interface Stage extends AsyncDisposable {
  readonly folder: string
  readonly aws: FakeAws
  readonly plane: ControlPlane
}

/** Each contender is a user of the cluster. The builds' clock is the wall clock. */
export async function startStage(folder: string, trials: readonly Trial[]): Promise<Stage> {
  const aws = await startFakeAwsApart(worldOf(trials))
  try {
    const plane = await startControlPlane({
      folder: join(folder, "plane"),
      users: { script: [], envseal: [] },
    })
    const close = async () => {
      await plane.stop()
      await aws.stop()
    }
    return { folder, aws, plane, [Symbol.asyncDispose]: close }
  } catch (error) {
    await aws.stop()
    throw error
  }
}

function worldOf(trials: readonly Trial[]): World {
  return {
    ...deployWorld,
    buildClock: { speed: 1 },
    roles: [...deployWorld.roles, ...trials.map(roleOf)],
    projects: trials.map(projectOf),
  }
}

function projectOf({ name, buildSeconds, case: { play }, n }: Trial): Project {
  const seconds = { BUILD: buildSeconds - otherSeconds }
  return shopProject([{ ...successPlay(digestOf(play, n), [name]), seconds, lines: buildLines }], { name })
}

/** A line a second, as a build has them. */
const buildLines = Array.from({ length: otherSeconds }, (_, at) => ({ at, text: `step ${at}` }))

function roleOf({ name }: Trial): Role {
  const actions = ["BatchGetProjects", "StartBuild", "BatchGetBuilds", "StopBuild"]
  const statements = [
    {
      Action: actions.map((action) => `codebuild:${action}`),
      Resource: projectArn(name, region, account),
    },
    {
      Action: "logs:GetLogEvents",
      Resource: `arn:aws:logs:${region}:${account}:log-group:/aws/codebuild/${name}:*`,
    },
    { Action: "ecr:DescribeImages", Resource: repositoryArn("shop", region, account) },
  ]
  const Statement = statements.map((statement) => ({ Effect: "Allow", ...statement }) as const)
  return { name, policies: [{ Version: "2012-10-17", Statement }], mechanisms: ["static"] }
}
