import { stackName } from "../../setup/cloudformation.ts"
import type { Site } from "../../setup/site.ts"
import { deployerGroupOf } from "../../setup/stack.ts"
import type { NextStep } from "../next-step.ts"
import type { Placed } from "../place-files.ts"
import { folderOf } from "./files.ts"

export interface Standing {
  readonly site: Site
  readonly placed: readonly Placed[]
  /** What became of the secret; `null` when it was not to be made. */
  readonly secret: "created" | "exists" | null
  /** The line of `buildspec.yaml` that lets only other environments through; `null` for none. */
  readonly gateLine: number | null
  /** Name of the settings file. */
  readonly settingsFile: string
}

/** What is left to do before the first deploy, in this order. */
export function nextSteps(standing: Standing): readonly NextStep[] {
  const { environment } = standing.site
  return [
    ...standing.placed.flatMap(mergeStep),
    ...gateStep(standing),
    ...environmentSteps(standing),
    {
      what: "commit what was written: the build reads it from the repository",
      commands: [`git add ${pathsOf(standing).join(" ")}`],
    },
    { what: "prove every link", commands: [`envseal doctor ${environment}`] },
    { what: "deploy", commands: [`envseal deploy ${environment}`] },
  ]
}

/** What of an environment is to be set up elsewhere than in the repository. */
export function environmentSteps(standing: Omit<Standing, "gateLine">): readonly NextStep[] {
  const { site } = standing
  return [
    ...stackStep(standing),
    ...keyStep(standing),
    ...secretSteps(standing),
    ...clusterStep(standing),
    ...deployerSteps(site),
  ]
}

function mergeStep({ path, beside }: Placed): NextStep[] {
  if (beside === null) return []
  return [{ what: `${path} is left as it is: take what it needs`, commands: [`diff -u ${path} ${beside}`] }]
}

function gateStep({ gateLine, site }: Standing): NextStep[] {
  if (gateLine === null) return []
  return [{ what: `let ${site.environment} through in buildspec.yaml:${gateLine}`, commands: [] }]
}

function stackStep({ site, placed }: Omit<Standing, "gateLine">): NextStep[] {
  const folder = folderOf(site)
  if (!placed.some(({ path }) => path === `${folder}/cloudformation.yaml`)) return []
  return [
    {
      what: `review the two templates, and make what one of them says, in account ${site.account}`,
      commands: [
        `aws cloudformation deploy --region ${site.region} --stack-name ${stackName(site)} --template-file ${folder}/cloudformation.yaml --capabilities CAPABILITY_NAMED_IAM`,
        `# or: terraform -chdir=${folder} init && terraform -chdir=${folder} apply`,
      ],
    },
  ]
}

function keyStep({ site, settingsFile, placed }: Omit<Standing, "gateLine">): NextStep[] {
  if (site.kmsKey !== null) return [policyStep(site, site.kmsKey)]
  const pods = placed.some(({ path }) => path.startsWith("kubernetes/"))
    ? `, and into kubernetes/${site.environment}/*.yaml as ENVSEAL_KMS_KEY`
    : ", and into the pod templates as ENVSEAL_KMS_KEY"
  return [
    {
      what: `put the key's ARN into ${settingsFile} under environments.${site.environment} as kmsKeys: [ARN]${pods}`,
      commands: [
        `aws kms describe-key --region ${site.region} --key-id ${site.keyAlias} --query KeyMetadata.Arn --output text`,
      ],
    },
  ]
}

/** A key that is there keeps its policy, until somebody changes it. */
function policyStep(site: Site, key: string): NextStep {
  const policy = `${folderOf(site)}/policies/key.json`
  return {
    what: `the key is there already: compare its policy with ${policy}, and put that in its place`,
    commands: [
      `aws kms get-key-policy --region ${site.region} --key-id ${key} --query Policy --output text`,
      `aws kms put-key-policy --region ${site.region} --key-id ${key} --policy file://${policy}`,
    ],
  }
}

function secretSteps({ site, secret, placed }: Omit<Standing, "gateLine">): NextStep[] {
  const { region, environment } = site
  const skeleton = `${folderOf(site)}/secret.example.json`
  const draft = `/dev/shm/${environment}.json`
  const make = `aws secretsmanager create-secret --region ${region} --name ${site.secret}`
  const hasSkeleton = placed.some(({ path }) => path === skeleton)
  const fill = `aws secretsmanager put-secret-value --region ${region} --secret-id ${site.secret} --secret-string file://${draft}`
  return [
    ...(secret === null
      ? [{ what: `make the secret ${site.secret}, without a value`, commands: [make] }]
      : []),
    {
      what: `give the secret its values, from a file in memory and not in the repository`,
      commands: [
        ...(hasSkeleton ? [`(umask 077 && cp ${skeleton} ${draft}) && \${EDITOR:-vi} ${draft}`] : []),
        `${fill} && rm ${draft}`,
      ],
    },
  ]
}

function clusterStep({ site, placed }: Omit<Standing, "gateLine">): NextStep[] {
  const { namespace, environment, clusterContext } = site
  const context = clusterContext === null ? "" : ` --context ${clusterContext}`
  const role = `${folderOf(site)}/role.yaml`
  const files = [
    ...(placed.some(({ path }) => path === role) ? [role] : []),
    ...(placed.some(({ path }) => path.startsWith("kubernetes/")) ? [`kubernetes/${environment}`] : []),
  ]
  if (files.length === 0) return []
  return [
    {
      what: "make the namespace and what is in it; the pods wait for their first image",
      commands: [
        `kubectl${context} create namespace ${namespace}`,
        `kubectl${context} apply ${files.map((file) => `-f ${file}`).join(" ")}`,
      ],
    },
  ]
}

function deployerSteps(site: Site): NextStep[] {
  const policy = `arn:aws:iam::${site.account}:policy/${site.project}-deploy`
  const group = deployerGroupOf(site)
  const entry = `aws eks create-access-entry --region ${site.region} --cluster-name ${site.eks} --principal-arn ROLE-ARN --kubernetes-groups ${group}`
  return [
    {
      what: "let the role of whoever deploys do so, unless the template's Deployer named it",
      commands: [
        `aws iam attach-role-policy --role-name ROLE --policy-arn ${policy}`,
        ...(site.eks === null ? [] : [entry]),
      ],
    },
  ]
}

/** What is the environment's now, by its folders. */
function pathsOf({ placed, settingsFile }: Standing): string[] {
  const folders = placed.map(({ path }) => path.split("/").slice(0, 2).join("/"))
  return [...new Set([settingsFile, ...folders])]
}
