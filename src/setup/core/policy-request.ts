import { demand } from "../../config/demand.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { kmsKeyArn } from "../../core/grammar.ts"
import { partitionOf } from "../../core/region.ts"
import type { PolicyKind, PolicyRequest } from "./policy.ts"

/** What a policy is printed for, by the settings of an environment: names become ARNs in its account and Region. */
export function policyRequestOf(kind: PolicyKind, settings: EnvironmentSettings): PolicyRequest {
  const { context, secretKeys, roles } = settings
  const none = { secrets: [], project: null, repository: null, cluster: null }
  return {
    context,
    kmsKeys: settings.kmsKeys.length > 0 ? settings.kmsKeys : keysAmong(settings.recipients),
    secretKeys,
    buildRole: roles.build,
    podRole: roles.pod,
    ...none,
    ...(kind === "build" || kind === "editor" ? { secrets: secretArns(settings) } : {}),
    ...(kind === "build" ? { repository: repositoryOf(settings) } : {}),
    ...(kind === "deployer" ? deployerArns(settings) : {}),
  }
}

/** Only those that are named by their ARN: a policy cannot name an alias. */
function keysAmong(recipients: readonly string[]): string[] {
  return recipients
    .map((recipient) => recipient.replace(/^aws-kms:/, ""))
    .filter((keyId) => kmsKeyArn.test(keyId))
}

function deployerArns(settings: EnvironmentSettings) {
  const { build, cluster } = settings
  return {
    secrets: secretArns(settings),
    keyAliases: settings.recipients.flatMap((one) => /^aws-kms:(alias\/.+)$/.exec(one)?.[1] ?? []),
    project: build === null ? null : arn(settings, "codebuild", `project/${build.project}`),
    repository: repositoryOf(settings),
    cluster: cluster?.eks ? arn(settings, "eks", `cluster/${cluster.eks}`) : null,
  }
}

/** Secrets Manager ends an ARN with six characters that the name does not tell. */
function secretArns(settings: EnvironmentSettings): string[] {
  return settings.secrets.map((text) => {
    const id = text.replace(/#.*$/, "")
    return id.startsWith("arn:") ? id : arn(settings, "secretsmanager", `secret:${id}-??????`)
  })
}

/** @throws EnvsealError `CONFIG_MALFORMED` when the account or the Region is missing. */
function arn(settings: EnvironmentSettings, service: string, resource: string): string {
  const { account, region } = demand(settings, ["account", "region"], "envseal policy")
  return `arn:${partitionOf(region)}:${service}:${region}:${account}:${resource}`
}

function repositoryOf({ image }: EnvironmentSettings): string | null {
  return image === null ? null : repositoryArn(image.repository)
}

/** `null` for a repository that is not of ECR (ECR user guide, "Private registry authentication"). */
function repositoryArn(repository: string): string | null {
  const grammar = /^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(.+)$/
  const [, account, region, name] = grammar.exec(repository) ?? []
  if (account === undefined || region === undefined || name === undefined) return null
  return `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${name}`
}
