import type { NewFile } from "./file.ts"
import { block, Expression, hclString } from "./hcl.ts"
import type { Stack } from "./stack.ts"
import { buildImage, outputWords, parameterWords, tagsOf } from "./stack-words.ts"
import { resourceBlocks } from "./terraform-resources.ts"

interface Variable {
  readonly name: string
  readonly description: string
  readonly type: "string" | "bool" | "map(string)"
  /** `null` for one that has to be given; the expression `null` for one that may be left out. */
  readonly initial: string | boolean | object | null
}

interface Output {
  readonly name: string
  readonly description: string
  readonly value: unknown
}

/**
 * An environment's parts in AWS for Terraform and OpenTofu, with the provider `hashicorp/aws`: a module that has no
 * provider of its own, and a root that applies it in its account and Region.
 */
export function terraformFiles(stack: Stack, folder: string): readonly NewFile[] {
  const file = (path: string, blocks: readonly string[]): NewFile => ({
    path: `${folder}/${path}`,
    text: blocks.join("\n"),
    executable: false,
  })
  return [file("main.tf", rootBlocks(stack, folder)), file("module/main.tf", moduleBlocks(stack, folder))]
}

/** A `.gitignore` for what Terraform puts beside its file. Its lock is to be committed, its state is not. */
export function terraformIgnore(folder: string): NewFile {
  const text = `# Of Terraform. A state on one machine is nobody else's: give it a backend.
.terraform/
*.tfstate
*.tfstate.*
*.tfplan
`
  return { path: `${folder}/.gitignore`, text, executable: false }
}

const requirements = `terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}
`

function rootBlocks(stack: Stack, folder: string): string[] {
  const { app, environment, account, region } = stack.site
  const variables = variablesOf(stack)
  const head = `# ${app} in ${environment}: review module/main.tf, then
#
#     terraform -chdir=${folder} init && terraform -chdir=${folder} apply
#
# The same as cloudformation.yaml beside it: use one of the two. Where you have Terraform of your own, call the module from
# there, and leave this file out.

${requirements}
provider "aws" {
  region              = ${hclString(region)}
  allowed_account_ids = [${hclString(account)}]
}
`
  const given = variables.map(({ name }) => [name, new Expression(`var.${name}`)])
  return [
    head,
    ...variables.map(variableBlock),
    block("", 'module "environment"', { source: "./module", ...Object.fromEntries(given) }),
    ...outputsOf(stack).map((output) =>
      outputBlock({ ...output, value: new Expression(`module.environment.${output.name}`) }),
    ),
  ]
}

function moduleBlocks(stack: Stack, folder: string): string[] {
  const { app, environment, account, region, secret } = stack.site
  const head = `# ${app} in ${environment}, for a provider of account ${account} in ${region}:
#
#     module "${app.replace(/[^A-Za-z0-9_-]/g, "-")}-${environment}" {
#       source = "./${folder}/module"
#     }
#
# The secret ${secret} is not in it, so that no state has its values, and none takes them along when it is destroyed:
# \`envseal env add --create-secret\` makes it, without a value.

${requirements}`
  return [
    head,
    ...variablesOf(stack).map(variableBlock),
    ...resourceBlocks(stack),
    ...outputsOf(stack).map(outputBlock),
  ]
}

function variablesOf({ source, repository, site }: Stack): readonly Variable[] {
  const text = (name: string, description: string, initial: Variable["initial"]): Variable => ({
    ...{ name, description, initial },
    type: "string",
  })
  return [
    text("source_url", parameterWords.sourceUrl, source.url),
    ...(source.codeCommit === null ? [text("source_connection", parameterWords.sourceConnection, "")] : []),
    text("build_image", parameterWords.buildImage, buildImage),
    ...(repository === null
      ? []
      : [
          {
            ...{ name: "create_repository", description: parameterWords.createRepository },
            ...({ type: "bool", initial: repository.isNew } as const),
          },
        ]),
    ...(site.eks === null ? [] : [text("deployer", parameterWords.deployer, "")]),
    text("permissions_boundary", parameterWords.permissionsBoundary, new Expression("null")),
    {
      ...{ name: "tags", description: parameterWords.tags },
      ...({ type: "map(string)", initial: tagsOf(site) } as const),
    },
  ]
}

function variableBlock({ name, description, type, initial }: Variable): string {
  return block("", `variable ${hclString(name)}`, {
    description,
    type: new Expression(type),
    ...(initial === null ? {} : { default: initial }),
  })
}

function outputsOf({ deployerGroup, makesKey, site }: Stack): readonly Output[] {
  const output = (name: string, description: string, value: unknown) => ({ name, description, value })
  return [
    ...(makesKey ? [output("key_arn", outputWords.key, new Expression("aws_kms_key.envelopes.arn"))] : []),
    output("deployer_policy_arn", outputWords.deployerPolicy, new Expression("aws_iam_policy.deployer.arn")),
    ...(site.eks === null ? [] : [output("deployer_group", outputWords.deployerGroup, deployerGroup)]),
  ]
}

function outputBlock({ name, description, value }: Output): string {
  return block("", `output ${hclString(name)}`, { description, value })
}
