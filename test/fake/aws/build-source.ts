import type { PhaseContext } from "./build-play.ts"
import type { EnvironmentVariable, Place } from "./build-record.ts"
import { invalidInput } from "./build-variable.ts"
import { type Caller, findRole } from "./caller.ts"
import { sessionArn } from "./credentials.ts"
import type { State } from "./exchange.ts"
import { Fault } from "./fault.ts"
import type { Project } from "./project.ts"
import { serviceRoleOf } from "./project-view.ts"
import { authorizeSecret } from "./secret-access.ts"
import { resolveSecretId } from "./secret-id.ts"

/** @throws Fault for a version that a source of the project's type cannot have. */
export function checkVersion({ source }: Project, version: string | undefined): void {
  const { type, location = "" } = source
  if (type === "CODEPIPELINE") {
    throw invalidInput(
      "Invalid input: a project with source type CODEPIPELINE is started by its pipeline alone",
    )
  }
  if (version === undefined || version === "") return
  if (type === "NO_SOURCE") throw invalidInput("Source version should be empty for NO_SOURCE source type")
  if (type !== "S3") return
  if (location.endsWith("/"))
    throw invalidInput("Source version should be empty for S3 folder source location")
  if (/^[0-9a-f]{40}$/.test(version)) throw invalidInput(`Invalid version id specified: ${version}`)
}

/** Where a build looks for its commands when the project does not say. */
const usualBuildspec = "buildspec.yml"

/**
 * Why a build comes no further than `DOWNLOAD_SOURCE`: its source has no such version, or no buildspec at the project's
 * path, or a secret that one of its variables names cannot be had by its role.
 *
 * @returns `null` when it does.
 */
export function sourceFault(
  state: State,
  project: Project,
  place: Place,
  order: { readonly sourceVersion: string | null; readonly variables: readonly EnvironmentVariable[] },
): PhaseContext | null {
  const { tree = {}, source, sourceVersion } = project
  const version = order.sourceVersion ?? sourceVersion
  if (version !== undefined && tree.versions !== undefined && !tree.versions.includes(version)) {
    return {
      statusCode: "CLIENT_ERROR",
      message: `reference not found for primary source and source version ${version}`,
    }
  }
  const buildspec = source.buildspec ?? usualBuildspec
  if (tree.files !== undefined && !buildspec.includes("\n") && !tree.files.includes(buildspec)) {
    return {
      statusCode: "YAML_FILE_ERROR",
      message: `stat /codebuild/output/src123/src/${buildspec}: no such file or directory`,
    }
  }
  const { references = [] } = project.environment ?? {}
  const own = references.filter(({ name }) => !order.variables.some((one) => one.name === name))
  const secret = [...own, ...order.variables].filter(({ type }) => type === "SECRETS_MANAGER")
  return secret.map((one) => secretFault(state, project, place, one)).find((fault) => fault !== null) ?? null
}

function secretFault(
  state: State,
  project: Project,
  place: Place,
  { value }: EnvironmentVariable,
): PhaseContext | null {
  const failed = (message: string) => ({
    statusCode: "CLIENT_ERROR",
    message: `Secrets Manager Error Message: ${message}`,
  })
  const { id, key } = readReference(value)
  const reference = resolveSecretId(state.world, id, place.region, place.account)
  const role = findRole(state.world, serviceRoleOf(project, place))
  // A role that the world does not tell of may do anything.
  if (role !== undefined) {
    const arn = serviceRoleOf(project, place)
    const session = {
      role: arn,
      name: "AWSCodeBuild",
      via: "static",
      expiresAt: Number.POSITIVE_INFINITY,
    } as const
    const principal = { account: place.account, role: arn, session: sessionArn(session) }
    const policies = [...role.policies, ...Object.values(role.inlinePolicies ?? {})]
    const caller: Caller = { principal, policies, session, region: place.region, tags: {} }
    try {
      authorizeSecret(caller, reference, { operation: "GetSecretValue", secretId: id })
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return failed(error.message)
    }
  }
  const current = reference.found?.secret.versions.find(({ stages }) => stages.includes("AWSCURRENT"))
  if (current?.string === undefined) return failed("Secrets Manager can't find the specified secret.")
  return key === null || hasKey(current.string, key)
    ? null
    : failed(`key ${key} does not exist in the secret`)
}

/** `SECRET:KEY:STAGE:VERSION`, where SECRET is a name or an ARN (CodeBuild user guide, env/secrets-manager). */
function readReference(value: string): { readonly id: string; readonly key: string | null } {
  const [, id = value, key = ""] =
    /^((?:arn:[^:]+:[^:]+:[^:]+:\d+:secret:)?[^:]+)(?::([^:]*))?/.exec(value) ?? []
  return { id, key: key === "" ? null : key }
}

function hasKey(text: string, key: string): boolean {
  try {
    return Object.hasOwn(JSON.parse(text), key)
  } catch {
    return false
  }
}
