import { authorize } from "./authorize.ts"
import { progressOf } from "./build-progress.ts"
import { type BuildOrder, type BuildRecord, buildId, type Place } from "./build-record.ts"
import { checkVersion, sourceFault } from "./build-source.ts"
import type { TokenUse } from "./build-token.ts"
import { invalidInput, readVariable } from "./build-variable.ts"
import { buildView } from "./build-view.ts"
import type { Caller } from "./caller.ts"
import type { Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { type MemberTypes, readMembers } from "./members.ts"
import { type Project, projectArn } from "./project.ts"
import { findProject, placeOf } from "./project-id.ts"

const types = {
  ...{ projectName: "text", sourceVersion: "text", environmentVariablesOverride: "objects" },
  ...{ idempotencyToken: "text", autoRetryLimitOverride: "number" },
  ...{ secondarySourcesOverride: "unsupported", secondarySourcesVersionOverride: "unsupported" },
  ...{ artifactsOverride: "unsupported", secondaryArtifactsOverride: "unsupported" },
  ...{ sourceTypeOverride: "unsupported", sourceLocationOverride: "unsupported" },
  ...{ sourceAuthOverride: "unsupported", gitCloneDepthOverride: "unsupported" },
  ...{ gitSubmodulesConfigOverride: "unsupported", buildspecOverride: "unsupported" },
  ...{ insecureSslOverride: "unsupported", reportBuildStatusOverride: "unsupported" },
  ...{ buildStatusConfigOverride: "unsupported", environmentTypeOverride: "unsupported" },
  ...{ imageOverride: "unsupported", computeTypeOverride: "unsupported", certificateOverride: "unsupported" },
  ...{ cacheOverride: "unsupported", serviceRoleOverride: "unsupported" },
  ...{ privilegedModeOverride: "unsupported", timeoutInMinutesOverride: "unsupported" },
  ...{ queuedTimeoutInMinutesOverride: "unsupported", encryptionKeyOverride: "unsupported" },
  ...{ logsConfigOverride: "unsupported", registryCredentialOverride: "unsupported" },
  ...{ imagePullCredentialsTypeOverride: "unsupported", debugSessionEnabled: "unsupported" },
  ...{ fleetOverride: "unsupported", hostKernelOverride: "unsupported" },
} as const satisfies MemberTypes

/** StartBuild of CodeBuild: a source version, variables and the retries can be its own, and nothing else. */
export function startBuild(call: Call, caller: Caller): object {
  authorizeOverrides(call, caller)
  const { idempotencyToken: token, ...request } = readMembers(call.request.body, types)
  call.record.idempotencyToken = token ?? null
  const project = authorizedProject(call, caller, request.projectName)
  checkVersion(project, request.sourceVersion)
  const begin = () => beginBuild(call, project, placeOf(caller), readOrder(call, request, project, caller))
  const build = token === undefined ? begin() : once(call, { ...placeOf(caller), token, request }, begin)
  call.record.buildIds = [buildId(build)]
  return { build: buildView(build, call.state.clock.now()) }
}

/** The condition keys of the overrides that a request has (Service authorization reference, "AWS CodeBuild"). */
const overrideKeys: Readonly<Record<string, string>> = {
  artifactsOverride: "codebuild:artifacts",
  autoRetryLimitOverride: "codebuild:autoretrylimit",
  buildspecOverride: "codebuild:source.buildspec",
  cacheOverride: "codebuild:cache",
  certificateOverride: "codebuild:environment.certificate",
  computeTypeOverride: "codebuild:environment.computetype",
  encryptionKeyOverride: "codebuild:encryptionkey",
  environmentTypeOverride: "codebuild:environment.type",
  fleetOverride: "codebuild:environment.fleet.fleetarn",
  imageOverride: "codebuild:environment.image",
  imagePullCredentialsTypeOverride: "codebuild:environment.imagepullcredentialstype",
  insecureSslOverride: "codebuild:source.insecuressl",
  logsConfigOverride: "codebuild:logsconfig",
  privilegedModeOverride: "codebuild:environment.privilegedmode",
  registryCredentialOverride: "codebuild:environment.registrycredential",
  secondaryArtifactsOverride: "codebuild:secondaryartifacts",
  secondarySourcesOverride: "codebuild:secondarysources",
  serviceRoleOverride: "codebuild:servicerole",
  sourceAuthOverride: "codebuild:source.auth.type",
  sourceLocationOverride: "codebuild:source.location",
}

/** Before the fake says that it does not know an override: who may not use it is told that. */
function authorizeOverrides({ request }: Call, caller: Caller): void {
  const members: Record<string, unknown> = JSON.parse(Buffer.from(request.body).toString() || "{}")
  const { projectName: name } = members
  if (typeof name !== "string" || name === "") return
  const context = Object.fromEntries(
    Object.keys(members).flatMap((member) => (overrideKeys[member] ? [[overrideKeys[member], "true"]] : [])),
  )
  const { region, account } = placeOf(caller)
  authorize(caller, { action: "codebuild:StartBuild", resource: projectArn(name, region, account), context })
}

/** The build that the token has started before, or one that it starts now. */
function once({ state }: Call, use: TokenUse, begin: () => BuildRecord): BuildRecord {
  const { tokens, builds, clock } = state
  const id = tokens.find(use, clock.patient())
  const known = id === null ? null : builds.find(id, use, clock.now())
  if (known !== null) return known
  const build = begin()
  tokens.note(use, buildId(build), clock.patient())
  return build
}

function authorizedProject({ state }: Call, caller: Caller, name: string | undefined): Project {
  if (name === undefined || name === "") throw invalidInput("Project name is required")
  const place = placeOf(caller)
  const resource = projectArn(name, place.region, place.account)
  authorize(caller, { action: "codebuild:StartBuild", resource })
  const project = findProject(state.world, name, place)
  if (project !== null) return project
  throw new Fault("ResourceNotFoundException", `Project cannot be found: ${resource}`)
}

function beginBuild({ state }: Call, project: Project, place: Place, order: BuildOrder): BuildRecord {
  const { concurrentBuildLimit: limit, name } = project
  const now = state.clock.now()
  const running = state.builds
    .all(now)
    .filter((one) => one.project.name === name && progressOf(one, now).completedAt === null)
  if (limit === undefined || running.length < limit) return state.builds.start(project, place, order, now)
  throw new Fault(
    "AccountLimitExceededException",
    `Cannot have more than ${limit} active builds for the project ${name}`,
  )
}

interface StartRequest {
  readonly sourceVersion?: string
  readonly environmentVariablesOverride?: readonly object[]
  readonly autoRetryLimitOverride?: number
}

function readOrder({ state }: Call, request: StartRequest, project: Project, caller: Caller): BuildOrder {
  const { principal, session } = caller
  const { sourceVersion = null, environmentVariablesOverride = [], autoRetryLimitOverride } = request
  const limit = autoRetryLimitOverride ?? project.autoRetryLimit ?? 0
  if (limit < 0 || limit > 10) throw invalidInput("Auto retry limit must be between 0 and 10")
  const variables = environmentVariablesOverride.map(readVariable)
  return {
    sourceVersion,
    variables,
    autoRetryLimit: limit,
    sourceFault: sourceFault(state, project, placeOf(caller), { sourceVersion, variables }),
    initiator: `${principal.role.split(":role/")[1]}/${session.name}`,
  }
}
