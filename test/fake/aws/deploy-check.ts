import { createHash } from "node:crypto"
import type { ClockSetting } from "./build-clock.ts"
import { type Play, type PlayedImage, type PlayedLine, phaseTypes } from "./build-play.ts"
import type { EksCluster, PodIdentityAssociation } from "./eks-cluster.ts"
import { checkPolicy } from "./policy-check.ts"
import {
  computeTypes,
  environmentTypes,
  type LogsConfig,
  type Project,
  type ProjectEnvironment,
  sourceTypes,
} from "./project.ts"
import { type Repository, tagMutabilities } from "./repository.ts"
import { impossible, onlyMembers, unique } from "./world-rule.ts"

const projectMembers = [
  ...["name", "source", "sourceVersion", "environment", "logsConfig", "serviceRole", "buildBatchConfig"],
  ...["autoRetryLimit", "concurrentBuildLimit", "plays", "tree"],
]
const playMembers = [
  ...["seconds", "failure", "lines", "log", "exported", "resolvedSourceVersion", "image", "buildBatchArn"],
]
const digestForm = /^sha256:[0-9a-f]{64}$/

/** @throws Fault for a project that could not be, or whose builds could not go so. */
export function checkProject(project: Project): void {
  onlyMembers(project, projectMembers, "project")
  const { name, source, environment = {}, logsConfig = {}, buildBatchConfig } = project
  if (!/^[A-Za-z0-9][\w-]{1,149}$/.test(name)) throw impossible(`${name} is no name of a project`)
  onlyMembers(source, ["type", "location", "buildspec"], "source")
  if (!sourceTypes.includes(source.type)) throw impossible(`${source.type} is no type of a source`)
  checkEnvironment(environment)
  if (buildBatchConfig !== undefined) onlyMembers(buildBatchConfig, ["serviceRole"], "buildBatchConfig")
  checkLogsConfig(logsConfig)
  if (project.plays.length === 0) throw impossible(`project ${name} has no play`)
  for (const play of project.plays) checkPlay(play)
}

function checkEnvironment(environment: ProjectEnvironment): void {
  const members = ["type", "image", "computeType", "privilegedMode", "variables", "references"]
  onlyMembers(environment, members, "environment")
  const { type = "LINUX_CONTAINER", computeType = "BUILD_GENERAL1_SMALL", references = [] } = environment
  if (!environmentTypes.includes(type)) throw impossible(`${type} is no type of an environment`)
  if (!computeTypes.includes(computeType)) throw impossible(`${computeType} is no size of an environment`)
  for (const one of references) {
    onlyMembers(one, ["name", "value", "type"], "reference")
    if (!["PARAMETER_STORE", "SECRETS_MANAGER"].includes(one.type)) {
      throw impossible(`${one.type} is no type of a reference`)
    }
  }
  unique([...Object.keys(environment.variables ?? {}), ...references.map(({ name }) => name)])
}

/** @throws Fault for a repository that could not be. */
export function checkRepository(repository: Repository): void {
  onlyMembers(
    repository,
    ["name", "account", "policy", "imageTagMutability", "images", "blobs"],
    "repository",
  )
  const { imageTagMutability = "MUTABLE" } = repository
  if (!tagMutabilities.includes(imageTagMutability)) {
    throw impossible(`${imageTagMutability} is no mutability of tags`)
  }
  for (const image of repository.images) {
    onlyMembers(image, ["digest", "tags", "pushedAt", "status", "index", "manifest", "mediaType"], "image")
    checkDigest(image.digest)
    if (image.manifest !== undefined && sha256(image.manifest) !== image.digest)
      throw impossible(`${image.digest} is not the digest of its manifest`)
    if (Number.isNaN(Date.parse(image.pushedAt))) throw impossible(`${image.pushedAt} is no time`)
    const { status = "ACTIVE" } = image
    if (!["ACTIVE", "ARCHIVED", "ACTIVATING"].includes(status)) {
      throw impossible(`${status} is no status of an image`)
    }
  }
  for (const [digest, blob] of Object.entries(repository.blobs ?? {})) {
    if (blob !== "" && sha256(Buffer.from(blob, "base64")) !== digest)
      throw impossible(`${digest} is not the digest of its blob`)
  }
  unique(repository.images.map(({ digest }) => digest))
  unique(repository.images.flatMap(({ tags }) => tags))
  if (repository.policy !== undefined) checkPolicy(repository.policy, "resource")
}

/** @throws Fault for a cluster that could not be. */
export function checkEksCluster(cluster: EksCluster): void {
  onlyMembers(
    cluster,
    [
      ...["name", "endpoint", "ca", "status", "version", "tokenSeconds", "accessEntries"],
      ...["podIdentityAssociations", "podIdentityAgent", "authenticationMode", "autoMode"],
    ],
    "EKS cluster",
  )
  if (!/^[0-9A-Za-z][\w-]{0,99}$/.test(cluster.name))
    throw impossible(`${cluster.name} is no name of a cluster`)
  if (!URL.canParse(cluster.endpoint)) throw impossible(`${cluster.endpoint} is no endpoint of a cluster`)
  if (Buffer.from(cluster.ca, "base64").toString("base64") !== cluster.ca) {
    throw impossible(`the certificate of cluster ${cluster.name} is no base64`)
  }
  for (const entry of cluster.accessEntries) {
    onlyMembers(entry, ["role", "groups", "username"], "access entry")
    if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(entry.role))
      throw impossible(`${entry.role} is no ARN of a role`)
  }
  unique(cluster.accessEntries.map(({ role }) => role))
  checkAssociations(cluster.podIdentityAssociations ?? [])
}

function checkAssociations(associations: readonly PodIdentityAssociation[]): void {
  for (const { id, roleArn, ...names } of associations) {
    onlyMembers(names, ["namespace", "serviceAccount"], "pod identity association")
    if (!/^a-[0-9a-z]{17}$/.test(id)) throw impossible(`${id} is no id of an association`)
    if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(roleArn)) throw impossible(`${roleArn} is no ARN of a role`)
  }
  unique(associations.map(({ id }) => id))
  unique(associations.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`))
}

/** @throws Fault for a clock that would stand still by mistake, or go back. */
export function checkClock(clock: ClockSetting): void {
  const [[member, value] = ["", 0], ...rest] = Object.entries<number>(clock)
  const isKnown = (member === "speed" && value > 0) || (member === "stepSeconds" && value >= 0)
  if (!isKnown || rest.length > 0) throw impossible("a buildClock has a speed above 0, or stepSeconds")
}

function checkLogsConfig(config: LogsConfig): void {
  onlyMembers(config, ["cloudWatchLogs", "s3Logs"], "logsConfig")
  const { cloudWatchLogs = { status: "ENABLED" }, s3Logs = { status: "DISABLED" } } = config
  onlyMembers(cloudWatchLogs, ["status", "groupName", "streamName"], "cloudWatchLogs")
  onlyMembers(s3Logs, ["status", "location"], "s3Logs")
  for (const { status } of [cloudWatchLogs, s3Logs]) {
    if (!["ENABLED", "DISABLED"].includes(status)) throw impossible(`${status} is no status of logs`)
  }
}

function checkPlay(play: Play): void {
  onlyMembers(play, playMembers, "play")
  onlyMembers(play.seconds ?? {}, phaseTypes.slice(0, -1), "play's seconds")
  for (const value of Object.values(play.seconds ?? {})) {
    if (!(value >= 0)) throw impossible(`${value} is no number of seconds`)
  }
  onlyMembers(play.log ?? {}, ["missing", "namedEarly", "emptyPages"], "play's log")
  checkFailure(play)
  checkLines(play.lines ?? [])
  if (play.image !== undefined) checkImage(play.image)
}

function checkFailure({ failure }: Play): void {
  if (failure === undefined) return
  onlyMembers(failure, ["phase", "status", "contexts"], "failure")
  const { phase, status = "FAILED", contexts = [] } = failure
  if (!phaseTypes.slice(0, -1).includes(phase)) throw impossible(`${phase} is no phase that can fail`)
  if (!["FAILED", "FAULT", "TIMED_OUT", "STOPPED"].includes(status)) {
    throw impossible(`${status} is no status of a failure`)
  }
  for (const context of contexts) onlyMembers(context, ["statusCode", "message"], "context")
}

function checkLines(lines: readonly PlayedLine[]): void {
  for (const [index, line] of lines.entries()) {
    onlyMembers(line, ["at", "text"], "line")
    if (!(line.at >= (lines[index - 1]?.at ?? 0))) throw impossible("the lines of a play are not in order")
  }
}

function checkImage(image: PlayedImage): void {
  onlyMembers(image, ["repository", "tags", "digest"], "play's image")
  checkDigest(image.digest)
}

function checkDigest(digest: string): void {
  if (!digestForm.test(digest)) throw impossible(`${digest} is no digest`)
}

function sha256(bytes: string | Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`
}
