import { settingsFileName } from "../../config/settings-file.ts"
import { partitionOf } from "../../core/region.ts"
import { shellWord } from "../../core/shell.ts"
import { deployWords } from "../core/cloudformation.ts"
import type { NextStep } from "../core/file.ts"
import { staticContainer } from "../core/manifests.ts"
import type { Site } from "../core/site.ts"
import { deployerGroupOf } from "../core/stack.ts"
import { folderOf } from "./environment-files.ts"
import type { Placed } from "./place-files.ts"

export interface AddedEnvironment {
  readonly site: Site
  readonly placed: readonly Placed[]
  /** What became of the secret; `null` when it was not to be made. */
  readonly secret: "created" | "exists" | null
  /** The line of `buildspec.yaml` that lets only other environments through; `null` for none. */
  readonly gateLine: number | null
  /** The workload whose init container opens nothing, where the settings do not say so yet; `null` for none. */
  readonly undeclared: string | null
  /** Name of the settings file. */
  readonly settingsFile: string
}

/** What of it does not depend on what the repository has already. */
type EnvironmentStanding = Omit<AddedEnvironment, "gateLine" | "undeclared">

/** What is left to do before the first deploy, in this order. */
export function environmentNextSteps(standing: AddedEnvironment): readonly NextStep[] {
  const { site, placed, gateLine, settingsFile } = standing
  const { environment } = site
  const config = configOption(settingsFile)
  const edited = [settingsFile, ...(gateLine === null ? [] : ["buildspec.yaml"])]
  return [
    ...placed.flatMap(mergeStep),
    ...gateStep(standing),
    ...declareStep(standing),
    ...environmentSteps(standing),
    commitStep([...edited, ...placed.map(({ path }) => path)]),
    ...firstImageSteps(standing),
    { what: "prove every link", commands: [`envseal doctor ${environment}${config}`] },
    { what: "deploy", commands: [`envseal deploy ${environment}${config}`] },
  ]
}

/** For a settings file that is not called as usual; nothing otherwise. */
function configOption(settingsFile: string): string {
  return settingsFile === settingsFileName ? "" : ` --config ${shellWord(settingsFile)}`
}

/** What of an environment is to be set up elsewhere than in the repository. */
export function environmentSteps(standing: EnvironmentStanding): readonly NextStep[] {
  const { site } = standing
  return [
    ...agentStep(site),
    ...stackStep(standing),
    ...keyStep(standing),
    ...secretSteps(standing),
    ...deployerSteps(site),
  ]
}

/** What a cluster must have before the template's association and access entry are of use. */
function agentStep({ eks, region }: Site): NextStep[] {
  if (eks === null) return []
  const place = `--region ${region} --cluster-name ${shellWord(eks)} --addon-name eks-pod-identity-agent`
  return [
    {
      what: "see that the cluster has the agent of Pod Identity, which EKS Auto Mode brings and IRSA does not need",
      commands: [`aws eks describe-addon ${place} || aws eks create-addon ${place}`],
    },
  ]
}

/** What needs an image, which a build makes of what is committed. */
export function firstImageSteps(standing: Omit<EnvironmentStanding, "secret">): readonly NextStep[] {
  return [...buildStep(standing), ...clusterStep(standing)]
}

/** What is the environment's own goes by its folders. */
export function commitStep(paths: readonly string[]): NextStep {
  const places = new Set(paths.map((path) => path.split("/").slice(0, 2).join("/")))
  return {
    what: "commit it and push it: the build reads it from the repository",
    commands: [line("git", "add", ...places)],
  }
}

/** A command line of words that the shell passes on as they are. */
function line(...words: readonly string[]): string {
  return words.map(shellWord).join(" ")
}

function mergeStep({ path, beside }: Placed): NextStep[] {
  if (beside === null) return []
  return [
    { what: `${path} is left as it is: take what it needs`, commands: [line("diff", "-u", path, beside)] },
  ]
}

function gateStep({ gateLine, site }: AddedEnvironment): NextStep[] {
  if (gateLine === null) return []
  return [
    {
      what: `add ${site.environment} to the environments that buildspec.yaml:${gateLine} lets through`,
      commands: [],
    },
  ]
}

/** What to write where a container of the manifests opens nothing. */
export function declareStep({
  undeclared,
  settingsFile,
}: Pick<AddedEnvironment, "undeclared" | "settingsFile">): NextStep[] {
  if (undeclared === null) return []
  const [kind, name] = undeclared.split("/")
  const entry = `{ ${kind}: ${name}, withoutOpen: [${staticContainer}] }`
  const what = `say in ${settingsFile} that the container ${staticContainer}, which copies static files for nginx, opens nothing: under workloads, in the place of ${undeclared}, write ${entry}`
  return [{ what, commands: [] }]
}

function stackStep({ site, placed }: EnvironmentStanding): NextStep[] {
  const folder = folderOf(site)
  if (!placed.some(({ path }) => path === `${folder}/cloudformation.yaml`)) return []
  const deploy = deployWords(site, `${folder}/cloudformation.yaml`).join(" ")
  return [
    {
      what: `review the two templates, which say the same for CloudFormation and for Terraform, and apply one of them in account ${site.account}${deploy.endsWith("=URL") ? "; URL is where CodeBuild clones the repository from" : ""}`,
      commands: [deploy, `# or: terraform -chdir=${folder} init && terraform -chdir=${folder} apply`],
    },
  ]
}

function keyStep({ site, settingsFile, placed }: EnvironmentStanding): NextStep[] {
  if (site.kmsKey !== null) return [policyStep(site, site.kmsKey)]
  const pods = placed.some(({ path }) => path.startsWith("kubernetes/"))
    ? `, and into kubernetes/${site.environment}/*.yaml as ENVSEAL_KMS_KEY`
    : ", and into the pod templates as ENVSEAL_KMS_KEY"
  return [
    {
      what: `put the key's ARN into ${settingsFile} under environments.${site.environment} as kmsKeys: [ARN]${pods}`,
      commands: [
        `aws kms describe-key --region ${site.region} --key-id ${shellWord(site.keyAlias)} --query KeyMetadata.Arn --output text`,
      ],
    },
  ]
}

/** A key that is there keeps its policy, until somebody changes it on purpose, not by pasting both lines at once. */
function policyStep(site: Site, key: string): NextStep {
  const policy = `${folderOf(site)}/policies/key.json`
  return {
    what: `the key is there already: compare its policy with ${policy}, add what others need of it, and put that in its place`,
    commands: [
      `aws kms get-key-policy --region ${site.region} --key-id ${key} --query Policy --output text`,
      `# then: aws kms put-key-policy --region ${site.region} --key-id ${key} --policy file://${policy}`,
    ],
  }
}

function secretSteps({ site, secret, settingsFile }: EnvironmentStanding): NextStep[] {
  const { region, environment } = site
  const make = `aws secretsmanager create-secret --region ${region} --name ${shellWord(site.secret)}`
  const config = configOption(settingsFile)
  return [
    ...(secret === null
      ? [{ what: `make the secret ${site.secret}, without a value`, commands: [make] }]
      : []),
    {
      what: "give the secret its values: in your editor, where the names that it must have stand, or from a .env that is outside of the repository",
      commands: [
        `envseal secret edit ${environment}${config}`,
        `# or: envseal secret import ${environment} dotenv:PATH${config}`,
      ],
    },
  ]
}

function hasManifests({ site, placed }: Pick<EnvironmentStanding, "site" | "placed">): boolean {
  return placed.some(({ path }) => path.startsWith(`kubernetes/${site.environment}/`))
}

function buildStep({ site, placed }: Pick<EnvironmentStanding, "site" | "placed">): NextStep[] {
  if (!hasManifests({ site, placed })) return []
  const { region, project } = site
  return [
    {
      what: "build the first image, and wait until it is pushed: a pod needs one to start from",
      commands: [`aws codebuild start-build --region ${region} --project-name ${shellWord(project)}`],
    },
  ]
}

function clusterStep({ site, placed, settingsFile }: Omit<EnvironmentStanding, "secret">): NextStep[] {
  const role = `${folderOf(site)}/role.yaml`
  const hasRole = placed.some(({ path }) => path === role)
  const ownsManifests = hasManifests({ site, placed })
  if (!hasRole && !ownsManifests) return []
  const kubectl = kubectlOf(site)
  return [
    {
      what: "make the namespace and what is in it, with that image; the last line leaves the image to deploys from then on",
      commands: [
        ...turnCommands(site),
        line(...kubectl, "create", "namespace", site.namespace),
        ...(hasRole ? [line(...kubectl, "apply", "-f", role)] : []),
        ...(ownsManifests ? applyCommands(site, settingsFile) : []),
      ],
    },
  ]
}

/** Turn kubectl to the cluster of an environment: whatever it talks to otherwise could be another one. */
export function turnCommands({ eks, clusterContext, region }: Site): readonly string[] {
  if (eks === null || clusterContext !== null) return []
  return [`aws eks update-kubeconfig --region ${region} --name ${shellWord(eks)}`]
}

/** Apply the manifests of an environment with the images that belong there, and leave those to deploys from then on. */
export function applyCommands(site: Site, settingsFile: string): readonly string[] {
  const { environment } = site
  const kubectl = kubectlOf(site)
  const print = `envseal manifests ${environment}${configOption(settingsFile)}`
  return [
    `${print} | ${line(...kubectl, "apply", "-f", "-")}`,
    line(...kubectl, "apply", "set-last-applied", "-f", `kubernetes/${environment}`),
  ]
}

function kubectlOf({ clusterContext }: Site): readonly string[] {
  return ["kubectl", ...(clusterContext === null ? [] : ["--context", clusterContext])]
}

function deployerSteps(site: Site): NextStep[] {
  const policy = `arn:${partitionOf(site.region)}:iam::${site.account}:policy/${site.project}-deploy`
  return [
    {
      what: "give the deployer's role the right to deploy",
      commands: [`aws iam attach-role-policy --role-name ROLE --policy-arn ${policy}`],
    },
    ...(site.eks === null ? [] : [entryStep(site, site.eks)]),
  ]
}

/** A cluster has one entry for a role. Groups that are put into it take the place of those it has. */
function entryStep(site: Site, eks: string): NextStep {
  const entry = `--region ${site.region} --cluster-name ${shellWord(eks)} --principal-arn ROLE-ARN --kubernetes-groups`
  const group = deployerGroupOf(site)
  const cluster = `--region ${site.region} --name ${shellWord(eks)}`
  return {
    what: "let that role into the cluster, unless the template's Deployer named it; one that is in it already needs all of its groups named. Where the first line says CONFIG_MAP, the cluster takes no entries: add the role with that group to the ConfigMap aws-auth, or let the second line have it take both",
    commands: [
      `aws eks describe-cluster ${cluster} --query cluster.accessConfig.authenticationMode --output text`,
      `# for CONFIG_MAP: aws eks update-cluster-config ${cluster} --access-config authenticationMode=API_AND_CONFIG_MAP`,
      `aws eks create-access-entry ${entry} ${group}`,
      `# or: aws eks update-access-entry ${entry} GROUPS-IT-HAS ${group}`,
    ],
  }
}
