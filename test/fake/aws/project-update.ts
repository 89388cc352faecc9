import { authorize } from "./authorize.ts"
import { invalidInput, readVariable } from "./build-variable.ts"
import { type Caller, findRole } from "./caller.ts"
import type { Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { type MemberTypes, readMembers, readObject } from "./members.ts"
import { passRole } from "./pass-role.ts"
import {
  computeTypes,
  environmentTypes,
  type Project,
  type ProjectEnvironment,
  sourceTypes,
  withoutDocker,
} from "./project.ts"
import { findProject, placeOf, projectReference } from "./project-id.ts"
import { projectView } from "./project-view.ts"

/** What a request for a new project, or a change of one, has. */
export const types = {
  ...{ name: "text", serviceRole: "text", sourceVersion: "text", source: "object", environment: "object" },
  ...{ description: "unsupported", secondarySources: "unsupported", secondarySourceVersions: "unsupported" },
  ...{ artifacts: "unsupported", secondaryArtifacts: "unsupported", cache: "unsupported" },
  ...{ timeoutInMinutes: "unsupported", queuedTimeoutInMinutes: "unsupported", tags: "unsupported" },
  ...{ encryptionKey: "unsupported", vpcConfig: "unsupported", badgeEnabled: "unsupported" },
  ...{ logsConfig: "unsupported", fileSystemLocations: "unsupported", buildBatchConfig: "object" },
  ...{ concurrentBuildLimit: "unsupported", autoRetryLimit: "unsupported" },
} as const satisfies MemberTypes

const sourceMembers = {
  ...{ type: "text", location: "text", buildspec: "text" },
  ...{ gitCloneDepth: "unsupported", gitSubmodulesConfig: "unsupported", auth: "unsupported" },
  ...{ reportBuildStatus: "unsupported", buildStatusConfig: "unsupported", insecureSsl: "unsupported" },
  ...{ sourceIdentifier: "unsupported" },
} as const satisfies MemberTypes

const batchMembers = {
  serviceRole: "text",
  ...{ combineArtifacts: "unsupported", restrictions: "unsupported", timeoutInMins: "unsupported" },
  batchReportMode: "unsupported",
} as const satisfies MemberTypes

const environmentMembers = {
  ...{ type: "text", image: "text", computeType: "text", privilegedMode: "flag" },
  ...{ environmentVariables: "objects", imagePullCredentialsType: "text" },
  ...{ computeConfiguration: "unsupported", fleet: "unsupported", certificate: "unsupported" },
  ...{ registryCredential: "unsupported", dockerServer: "unsupported", hostKernel: "unsupported" },
} as const satisfies MemberTypes

/** UpdateProject of CodeBuild. A source or an environment replaces the whole of what was there. */
export function updateProject(call: Call, caller: Caller): object {
  const members = readMembers(call.request.body, types)
  const place = placeOf(caller)
  const { name, arn } = projectReference(members.name ?? "", place)
  if (name === "") throw invalidInput("Project name is required")
  authorize(caller, { action: "codebuild:UpdateProject", resource: arn })
  const project = findProject(call.state.world, name, place)
  if (project === null) throw new Fault("ResourceNotFoundException", `Project cannot be found: ${arn}`)
  const { serviceRole, sourceVersion, source, environment, buildBatchConfig } = members
  if (serviceRole !== undefined) checkRole(call, caller, serviceRole)
  const { buildBatchConfig: _, ...unbatched } = project
  const changed: Project = {
    ...(buildBatchConfig === undefined ? project : { ...unbatched, ...readBatch(buildBatchConfig) }),
    ...(serviceRole !== undefined && { serviceRole }),
    ...(sourceVersion !== undefined && { sourceVersion }),
    ...(source !== undefined && { source: readSource(source) }),
    ...(environment !== undefined && { environment: readEnvironment(environment) }),
  }
  const { world } = call.state
  const projects = world.projects.map((one) => (one.name === name ? changed : one))
  call.state.world = { ...world, projects }
  return { project: projectView(changed, place) }
}

/** A configuration without a role takes away what was there. */
function readBatch(object: object): Pick<Project, "buildBatchConfig"> {
  const { serviceRole } = readObject(object, batchMembers)
  return serviceRole === undefined ? {} : { buildBatchConfig: { serviceRole } }
}

/** @throws Fault for what is no role, or none that the caller may pass on. */
export function checkRole({ state }: Call, caller: Caller, arn: string): void {
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(arn)) throw invalidInput("Invalid service role: not a role ARN")
  passRole(caller, arn, "codebuild.amazonaws.com")
  if (findRole(state.world, arn) !== undefined) return
  throw invalidInput(`CodeBuild is not authorized to perform: sts:AssumeRole on ${arn}`)
}

/** @throws Fault for a source that cannot be. */
export function readSource(object: object): Project["source"] {
  const { type, location, buildspec } = readObject(object, sourceMembers)
  const known = sourceTypes.find((one) => one === type)
  if (known === undefined) throw invalidInput(`Invalid source type: ${type ?? "null"}`)
  const isBare = known === "NO_SOURCE" || known === "CODEPIPELINE"
  if (!isBare && location === undefined) throw invalidInput("Project source location is required")
  return {
    type: known,
    ...(location !== undefined && { location }),
    ...(buildspec !== undefined && { buildspec }),
  }
}

/** @throws Fault for an environment that cannot be. */
export function readEnvironment(object: object): ProjectEnvironment {
  const given = readObject(object, environmentMembers)
  const { image, privilegedMode = false, imagePullCredentialsType = "CODEBUILD" } = given
  const type = environmentTypes.find((one) => one === given.type)
  if (type === undefined) throw invalidInput(`Invalid environment type: ${given.type ?? "null"}`)
  const computeType = computeTypes.find((one) => one === given.computeType)
  if (computeType === undefined) throw invalidInput(`Invalid compute type: ${given.computeType ?? "null"}`)
  if (type.includes("LAMBDA") !== computeType.includes("LAMBDA")) {
    throw invalidInput(`Compute type ${computeType} is not supported for environment type ${type}`)
  }
  if (privilegedMode && withoutDocker.includes(type)) {
    throw invalidInput(`Privileged mode is not supported for environment type ${type}`)
  }
  if (image === undefined || image === "") throw invalidInput("Environment image is required")
  if (imagePullCredentialsType !== "CODEBUILD") {
    throw new Fault("ValidationException", "this fake does not know other credentials for images")
  }
  const all = (given.environmentVariables ?? []).map(readVariable)
  const plain = all.filter((one) => one.type === "PLAINTEXT")
  const references = all.filter((one) => one.type !== "PLAINTEXT")
  const variables = Object.fromEntries(plain.map(({ name, value }) => [name, value]))
  return { type, image, computeType, privilegedMode, variables, references }
}
