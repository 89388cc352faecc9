import type { Play, TimedPhase } from "./build-play.ts"
import type { EksCluster } from "./eks-cluster.ts"
import type { PolicyDocument } from "./policy.ts"
import { type Project, projectArn } from "./project.ts"
import { type Repository, repositoryArn } from "./repository.ts"
import { account, defaultWorld, type Role, region, roleArn, type World } from "./world.ts"

/** What the first build of the deploy world pushes. */
export const builtDigest = `sha256:${"b".repeat(64)}`

/** The repository of the deploy world, as an image names it. */
export const shopRepository = `${account}.dkr.ecr.${region}.amazonaws.com/shop`

/** A build that succeeds, pushes an image and exports its name. It takes 92 seconds of the builds' clock. */
export function successPlay(digest = builtDigest, tags: readonly string[] = ["latest"]): Play {
  return {
    lines: [
      { at: 11, text: "[Container] Entering phase DOWNLOAD_SOURCE" },
      { at: 20, text: "[Container] Running command docker build --tag shop ." },
      { at: 80, text: "[Container] Running command docker push shop" },
    ],
    image: { repository: "shop", tags, digest },
    exported: { ENVSEAL_IMAGE: `${shopRepository}@${digest}` },
  }
}

/** A build in which one phase fails, as a command does that ends with status 1. */
export function failurePlay(phase: TimedPhase, message = "exit status 1"): Play {
  return {
    lines: [
      { at: 12, text: `[Container] Phase context status code: COMMAND_EXECUTION_ERROR Message: ${message}` },
    ],
    failure: { phase, contexts: [{ statusCode: "COMMAND_EXECUTION_ERROR", message }] },
  }
}

/** Project `shop` of a GitHub repository. */
export function shopProject(plays: readonly Play[] = [successPlay()], part: Partial<Project> = {}): Project {
  return {
    name: "shop",
    source: { type: "GITHUB", location: "https://github.com/example/shop.git" },
    environment: { privilegedMode: true },
    plays,
    ...part,
  }
}

const deployerPolicy: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: [
        ...["codebuild:BatchGetProjects", "codebuild:StartBuild"],
        ...["codebuild:BatchGetBuilds", "codebuild:StopBuild"],
      ],
      Resource: projectArn("shop", region, account),
    },
    {
      Effect: "Allow",
      Action: "logs:GetLogEvents",
      Resource: `arn:aws:logs:${region}:${account}:log-group:/aws/codebuild/shop:*`,
    },
    {
      Effect: "Allow",
      Action: ["ecr:DescribeImages", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      Resource: repositoryArn("shop", region, account),
    },
    {
      Effect: "Allow",
      Action: "eks:DescribeCluster",
      Resource: `arn:aws:eks:${region}:${account}:cluster/shop`,
    },
    {
      Effect: "Allow",
      Action: "secretsmanager:DescribeSecret",
      Resource: `arn:aws:secretsmanager:${region}:${account}:secret:shop/*`,
    },
  ],
}

/** A role that may do what `envseal deploy` does for project, repository, cluster and secret `shop`, and no more. */
export const deployer: Role = { name: "deployer", policies: [deployerPolicy], mechanisms: ["static"] }

const emptyRepository: Repository = { name: "shop", images: [] }

/** Cluster `shop`, which lets the deployer in as a member of `deployers`. */
export function shopCluster(endpoint: string, ca: string): EksCluster {
  return {
    name: "shop",
    endpoint,
    ca,
    accessEntries: [{ role: roleArn("deployer"), groups: ["deployers"] }],
  }
}

/** The default world with a deployer, and a project whose builds succeed. It has no EKS cluster. */
export const deployWorld: World = {
  ...defaultWorld,
  roles: [...defaultWorld.roles, deployer],
  projects: [shopProject()],
  repositories: [emptyRepository],
}
