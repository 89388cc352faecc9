import {
  BatchGetBuildsCommand,
  BatchGetProjectsCommand,
  CodeBuildClient,
  type EnvironmentVariable,
  StartBuildCommand,
  type StartBuildInput,
  StopBuildCommand,
} from "@aws-sdk/client-codebuild"
import { type Build, type BuildProject, carrierVariable } from "../../core/build.ts"
import type { Builder, BuildRequest } from "../../ports/builder.ts"
import { nullFor } from "./answer.ts"
import { buildOfRecord } from "./build-record.ts"
import type { Call } from "./call.ts"
import type { Credentials } from "./credentials.ts"
import { AwsSession, type ClientSettings, incomplete, regionInArn } from "./session.ts"
import type { AwsSettings } from "./settings.ts"

/** Less than the 5 minutes for which CodeBuild knows a token: a request after that would start a second build. */
const startLimitMs = 240_000

/** What the API says of an id that there is not, or cannot be. */
const noSuchBuild = nullFor("ResourceNotFoundException", "InvalidInputException")

/** AWS CodeBuild. A project is named by its name or ARN, a build by its id or ARN. */
export class AwsBuilder implements Builder {
  readonly #session: AwsSession

  constructor(settings: AwsSettings, credentials: Credentials) {
    this.#session = new AwsSession(settings, credentials)
  }

  async project(name: string): Promise<BuildProject | null> {
    const request = requestFor("codebuild:BatchGetProjects", name)
    const { projects = [] } = await this.#session.repeat({
      ...request,
      send: (client) => client.send(new BatchGetProjectsCommand({ names: [name] })),
    })
    const [project] = projects
    if (project === undefined) return null
    if (!project.name || !project.arn) throw incomplete(request.call)
    return {
      name: project.name,
      arn: project.arn,
      sourceType: project.source?.type ?? "NO_SOURCE",
      sourceLocation: project.source?.location || null,
      buildspec: project.source?.buildspec || null,
      batch: Boolean(project.buildBatchConfig?.serviceRole),
      serviceRole: project.serviceRole || null,
      privileged: project.environment?.privilegedMode === true,
      image: project.environment?.image || null,
      carrier: carrierOf(project.environment?.environmentVariables ?? []),
      ...referencesIn(project.environment?.environmentVariables ?? []),
    }
  }

  async start(build: BuildRequest): Promise<Build> {
    const request = requestFor("codebuild:StartBuild", build.project)
    const input = startInput(build)
    const values = Object.values(build.variables)
    const answer = await this.#session.repeat(
      { ...request, values, send: (client) => client.send(new StartBuildCommand(input)) },
      (remainingMs) => Math.min(remainingMs, startLimitMs),
    )
    return read(request.call, answer.build)
  }

  async read(id: string): Promise<Build | null> {
    const request = requestFor("codebuild:BatchGetBuilds", id)
    const answer = await this.#session.once({
      ...request,
      send: (client) => client.send(new BatchGetBuildsCommand({ ids: [id] })).catch(noSuchBuild),
    })
    const [build] = answer?.builds ?? []
    return build === undefined ? null : read(request.call, build)
  }

  async stop(id: string): Promise<Build | null> {
    const request = requestFor("codebuild:StopBuild", id)
    const answer = await this.#session.repeat({
      ...request,
      send: (client) => client.send(new StopBuildCommand({ id })).catch(noSuchBuild),
    })
    return answer === null ? null : read(request.call, answer.build)
  }
}

/** What is not plaintext is a name. */
function referencesIn(variables: readonly EnvironmentVariable[]): Pick<BuildProject, "references"> {
  const references = variables
    .filter(({ type }) => type === "SECRETS_MANAGER" || type === "PARAMETER_STORE")
    .map(({ name = "", value = "" }) => ({ name, value }))
  return references.length === 0 ? {} : { references }
}

/** Of the variables in plaintext, none but this one is looked at: others may hold anything. */
function carrierOf(variables: readonly EnvironmentVariable[]): BuildProject["carrier"] {
  const found = variables.find(({ name }) => name === carrierVariable)
  return found === undefined ? null : { value: found.value ?? "", type: found.type ?? "PLAINTEXT" }
}

function startInput({ project, sourceVersion, variables, token }: BuildRequest): StartBuildInput {
  const overrides = Object.entries(variables).map(([name, value]) => ({
    name,
    value,
    type: "PLAINTEXT" as const,
  }))
  return {
    projectName: project,
    idempotencyToken: token,
    ...(sourceVersion === null ? {} : { sourceVersion }),
    ...(overrides.length === 0 ? {} : { environmentVariablesOverride: overrides }),
  }
}

function read(call: Call, answered: Parameters<typeof buildOfRecord>[0] | undefined): Build {
  const build = answered === undefined ? null : buildOfRecord(answered)
  if (build === null) throw incomplete(call)
  return build
}

function requestFor(action: Call["action"], resource: string) {
  const call: Call = { service: "CodeBuild", action, resource }
  const client = (settings: ClientSettings) => new CodeBuildClient(settings)
  return { call, region: regionInArn("codebuild", resource), client }
}
