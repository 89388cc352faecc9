import type { NewFile } from "./file.ts"
import { block, Expression, hclString } from "./hcl.ts"
import type { Stack } from "./stack.ts"
import { buildImage, outputWords, parameterWords } from "./stack-words.ts"
import { resourceBlocks } from "./terraform-resources.ts"

/** An environment's parts in AWS for Terraform and OpenTofu, with the provider `hashicorp/aws`. */
export function terraformFile(stack: Stack, folder: string): NewFile {
  const blocks = [head(stack, folder), ...variablesOf(stack), ...resourceBlocks(stack), ...outputsOf(stack)]
  return { path: `${folder}/main.tf`, text: blocks.join("\n"), executable: false }
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

function head({ site }: Stack, folder: string): string {
  const { app, environment, account, region, secret } = site
  return `# ${app} in ${environment}: review it, then
#
#     terraform -chdir=${folder} init && terraform -chdir=${folder} apply
#
# The same as cloudformation.yaml beside it: use one of the two.
# The secret ${secret} is not in it, so that no state has its values, and none takes them along when it is destroyed:
# \`envseal env add --create-secret\` makes it, without a value.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region              = ${hclString(region)}
  allowed_account_ids = [${hclString(account)}]
}
`
}

function variablesOf({ source, repository, site }: Stack): string[] {
  const variable = (name: string, description: string, initial: string | boolean | null) =>
    block("", `variable "${name}"`, {
      description,
      type: new Expression(typeof initial === "boolean" ? "bool" : "string"),
      ...(initial === null ? {} : { default: initial }),
    })
  return [
    variable("source_url", parameterWords.sourceUrl, source.url),
    ...(source.codeCommit === null
      ? [variable("source_connection", parameterWords.sourceConnection, "")]
      : []),
    variable("build_image", parameterWords.buildImage, buildImage),
    ...(repository === null
      ? []
      : [variable("create_repository", parameterWords.createRepository, repository.isNew)]),
    ...(site.eks === null ? [] : [variable("deployer", parameterWords.deployer, "")]),
  ]
}

function outputsOf({ deployerGroup, makesKey, site }: Stack): string[] {
  const output = (name: string, description: string, value: unknown) =>
    block("", `output "${name}"`, { description, value })
  return [
    ...(makesKey ? [output("key_arn", outputWords.key, new Expression("aws_kms_key.envelopes.arn"))] : []),
    output("deployer_policy_arn", outputWords.deployerPolicy, new Expression("aws_iam_policy.deployer.arn")),
    ...(site.eks === null ? [] : [output("deployer_group", outputWords.deployerGroup, deployerGroup)]),
  ]
}
