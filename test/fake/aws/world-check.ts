import { knownArn, parseArn } from "./arn.ts"
import { checkClock, checkEksCluster, checkProject, checkRepository } from "./deploy-check.ts"
import { checkPolicy } from "./policy-check.ts"
import type { Key, Role, Secret, World } from "./world.ts"
import { impossible, onlyMembers, unique } from "./world-rule.ts"

const worldMembers = [
  ...["account", "region", "cluster", "sessionSeconds", "roles", "keys", "secrets"],
  ...["projects", "repositories", "eksClusters", "buildClock"],
]
const roleMembers = [
  "name",
  "account",
  "policies",
  "inlinePolicies",
  "mechanisms",
  "serviceAccount",
  "trusts",
]
const keyMembers = ["arn", "aliases", "state", "usage", "policy"]
const secretMembers = [
  ...["name", "arn", "versions", "deletedAt", "replicas", "policy", "kmsKeyId"],
  ...["rotationEnabled", "description"],
]

/** @throws Fault for a world that could not be, or that has a policy this fake cannot evaluate. */
export function checkWorld(world: World): void {
  onlyMembers(world, [...worldMembers, "clockSkewSeconds"], "world")
  for (const member of worldMembers) {
    if (!Object.hasOwn(world, member)) throw impossible(`the world has no ${member}`)
  }
  for (const role of world.roles) checkRole(role)
  for (const key of world.keys) checkKey(key)
  for (const secret of world.secrets) checkSecret(secret)
  for (const project of world.projects) checkProject(project)
  for (const repository of world.repositories) checkRepository(repository)
  for (const cluster of world.eksClusters) checkEksCluster(cluster)
  checkClock(world.buildClock)
  const { clockSkewSeconds = 0 } = world
  if (!Number.isFinite(clockSkewSeconds)) throw impossible("clockSkewSeconds is no number of seconds")
  const ofInstance = world.roles.filter((role) => role.mechanisms.includes("instance"))
  if (ofInstance.length > 1) throw impossible("an instance has one role")
  unique(world.roles.map((role) => `${role.account ?? world.account}/${role.name}`))
  unique(world.keys.map(placeOf))
  unique(world.keys.flatMap((key) => (key.aliases ?? []).map((name) => `${scopeOf(key.arn)}:${name}`)))
  unique(world.projects.map(({ name }) => name))
  unique(world.repositories.map(({ name, account }) => `${account ?? world.account}/${name}`))
  unique(world.eksClusters.map(({ name }) => name))
  unique(world.secrets.map((secret) => `${scopeOf(secret.arn)}:${secret.name}`))
}

function checkRole(role: Role): void {
  onlyMembers(role, roleMembers, "role")
  if (!/^[\w+=,.@-]{1,64}$/.test(role.name)) throw impossible(`${role.name} is no name of a role`)
  const { policies, inlinePolicies = {} } = role
  for (const policy of [...policies, ...Object.values(inlinePolicies)]) checkPolicy(policy, "identity")
}

function checkKey(key: Key): void {
  onlyMembers(key, keyMembers, "key")
  const arn = parseArn(key.arn)
  const isKey = arn?.service === "kms" && /^key\/(mrk-[0-9a-f]{32}|[0-9a-f-]{36})$/.test(arn.resource)
  if (!isKey) throw impossible(`${key.arn} is no ARN of a key`)
  for (const alias of key.aliases ?? []) {
    if (!/^alias\/[\w/-]+$/.test(alias)) throw impossible(`${alias} is no alias`)
  }
  checkPolicy(key.policy, "resource")
}

function checkSecret(secret: Secret): void {
  onlyMembers(secret, secretMembers, "secret")
  const arn = parseArn(secret.arn)
  const suffix = arn?.resource.slice(`secret:${secret.name}`.length) ?? ""
  const isSecret = arn?.service === "secretsmanager" && arn.resource.startsWith(`secret:${secret.name}-`)
  if (!isSecret || !/^-[A-Za-z0-9]{6}$/.test(suffix))
    throw impossible(`${secret.arn} is no ARN of ${secret.name}`)
  for (const { id, string, binary } of secret.versions) {
    if ((string === undefined) === (binary === undefined)) throw impossible(`version ${id} needs one value`)
  }
  const stages = secret.versions.flatMap((version) => version.stages)
  unique(stages)
  unique(secret.versions.map((version) => version.id))
  if (secret.policy !== undefined) checkPolicy(secret.policy, "resource")
}

// A key's id is in one place. Only the id of a multi-Region key is in several, of one account.
function placeOf({ arn }: Key): string {
  const key = knownArn(arn)
  return key.resource.startsWith("key/mrk-") ? arn.replace(key.account, "") : key.resource
}

function scopeOf(arn: string): string {
  const parts = parseArn(arn)
  return `${parts?.region}:${parts?.account}`
}
