import { stringify } from "yaml"
import { shellWord } from "../../core/shell.ts"
import { getArn, resourcesOf, type TemplateEntry } from "./cloudformation-resources.ts"
import type { NewFile } from "./file.ts"
import { type References, withReferences } from "./references.ts"
import type { Site } from "./site.ts"
import { sourceLocationOf } from "./source-location.ts"
import type { Stack } from "./stack.ts"
import { buildImage, outputWords, parameterWords, tagsOf } from "./stack-words.ts"

/** An environment's parts in AWS as a template of CloudFormation. */
export function cloudFormationFile(stack: Stack, folder: string): NewFile {
  const path = `${folder}/cloudformation.yaml`
  const refer = <T extends object>(value: T): object => Object(withReferences(value, referencesOf(stack)))
  const text = [
    header(stack, path),
    block({
      AWSTemplateFormatVersion: "2010-09-09",
      Description: `What envseal needs for ${stack.site.app} in ${stack.site.environment}`,
    }),
    block({ Parameters: parametersOf(stack) }),
    conditionsOf(stack),
    section("Resources", resourcesOf(stack, refer)),
    block({ Outputs: outputsOf(stack) }),
  ]
  return { path, text: text.join("\n"), executable: false }
}

function header({ site }: Stack, path: string): string {
  const { app, environment, account, secret } = site
  return `# ${app} in ${environment}: review it, then
#
#     ${deployWords(site, path).join(" \\\n#       ")}
#
# with credentials of account ${account}. The same as main.tf beside it: use one of the two.
# The secret ${secret} is not in it, so that no stack has its values, and none takes them along when it is deleted:
# \`envseal env add --create-secret\` makes it, without a value.
`
}

/** The command that makes what a template says, in parts. A parameter that the template does not know is in it. */
export function deployWords(site: Site, path: string): readonly string[] {
  const { url } = sourceLocationOf(site.sourceUrl, () => "")
  return [
    `aws cloudformation deploy --region ${site.region} --stack-name ${stackName(site)}`,
    `--template-file ${path} --capabilities CAPABILITY_NAMED_IAM`,
    // CloudFormation puts a stack's tags on what it makes.
    `--tags ${Object.entries(tagsOf(site))
      .map(([name, value]) => shellWord(`${name}=${value}`))
      .join(" ")}`,
    ...(url === null ? ["--parameter-overrides SourceUrl=URL"] : []),
  ]
}

/** Letters, digits and dashes alone. */
export function stackName({ app, environment }: Site): string {
  return `envseal-${app}-${environment}`.replace(/[^A-Za-z0-9-]+/g, "-")
}

function referencesOf({ key, makesKey, buildRole, podRole }: Stack): References<object> {
  return new Map<string, object>([
    ...(makesKey ? [[key, getArn("Key")] as const] : []),
    [buildRole.arn, getArn("BuildRole")],
    [podRole.arn, getArn("PodRole")],
  ])
}

function parametersOf({ source, repository, site }: Stack): object {
  const text = (Description: string, value: string | null) => ({
    Type: "String",
    Description,
    ...(value === null ? {} : { Default: value }),
  })
  const isNew = {
    ...text(parameterWords.createRepository, String(repository?.isNew)),
    AllowedValues: ["true", "false"],
  }
  return {
    SourceUrl: text(parameterWords.sourceUrl, source.url),
    ...(source.codeCommit === null ? { SourceConnection: text(parameterWords.sourceConnection, "") } : {}),
    BuildImage: text(parameterWords.buildImage, buildImage),
    ...(repository === null ? {} : { CreateRepository: isNew }),
    ...(site.eks === null ? {} : { Deployer: text(parameterWords.deployer, "") }),
    PermissionsBoundary: text(parameterWords.permissionsBoundary, ""),
  }
}

function conditionsOf({ source, repository, site }: Stack): string {
  const isGiven = (name: string) => ({ "Fn::Not": [{ "Fn::Equals": [{ Ref: name }, ""] }] })
  const conditions = {
    ...(source.codeCommit === null ? { HasConnection: isGiven("SourceConnection") } : {}),
    ...(repository === null
      ? {}
      : { MakesRepository: { "Fn::Equals": [{ Ref: "CreateRepository" }, "true"] } }),
    ...(site.eks === null ? {} : { HasDeployer: isGiven("Deployer") }),
    HasBoundary: isGiven("PermissionsBoundary"),
  }
  return block({ Conditions: conditions })
}

function outputsOf({ deployerGroup, makesKey, site }: Stack): object {
  const output = (Description: string, Value: unknown) => ({ Description, Value })
  return {
    ...(makesKey ? { KeyArn: output(outputWords.key, getArn("Key")) } : {}),
    DeployerPolicyArn: output(outputWords.deployerPolicy, { Ref: "DeployerPolicy" }),
    ...(site.eks === null ? {} : { DeployerGroup: output(outputWords.deployerGroup, deployerGroup) }),
  }
}

function section(title: string, entries: readonly TemplateEntry[]): string {
  const body = entries.map(({ comment, name, value }) => {
    const lines = comment === "" ? [] : comment.split("\n").map((line) => `# ${line}\n`)
    return indented(lines.join("") + block({ [name]: value }))
  })
  return `${title}:\n${body.join("\n")}`
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ")
}

/** Read by CloudFormation as YAML 1.1, in which `on` is no text. */
function block(value: object): string {
  return stringify(value, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false })
}
