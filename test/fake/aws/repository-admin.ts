import { authorize } from "./authorize.ts"
import type { Caller } from "./caller.ts"
import type { Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { readMembers } from "./members.ts"
import { type Repository, repositoryArn, type TagMutability, tagMutabilities } from "./repository.ts"
import { findRepository, invalid, missingRepository, readAccount, readName } from "./repository-id.ts"

const createdAt = 1767225600.123

/** DescribeRepositories of ECR, without its pages. Without names, all of the account in that Region. */
export function describeRepositories(call: Call, caller: Caller): object {
  const { repositoryNames, registryId } = readMembers(call.request.body, {
    registryId: "text",
    repositoryNames: "texts",
    ...{ nextToken: "unsupported", maxResults: "unsupported" },
  })
  const { world } = call.state
  const account = readAccount(registryId, caller)
  if (repositoryNames === undefined) {
    const resource = repositoryArn("*", caller.region, account)
    authorize(caller, { action: "ecr:DescribeRepositories", resource, account })
    const here = caller.region === world.region ? world.repositories : []
    const own = here.filter((one) => (one.account ?? world.account) === account)
    return { repositories: own.map((one) => view(one, caller.region, account)) }
  }
  if (repositoryNames.length === 0) throw invalid("repositoryNames", "1 to 100 names")
  const repositories = repositoryNames
    .map((name) => authorizedRepository(call, caller, { operation: "DescribeRepositories", name, account }))
    .map((one) => view(one, caller.region, account))
  return { repositories }
}

/** PutImageTagMutability of ECR, without exceptions by a tag's name. */
export function putImageTagMutability(call: Call, caller: Caller): object {
  const members = readMembers(call.request.body, {
    registryId: "text",
    repositoryName: "text",
    imageTagMutability: "text",
    imageTagMutabilityExclusionFilters: "unsupported",
  })
  const account = readAccount(members.registryId, caller)
  const imageTagMutability = readMutability(members.imageTagMutability)
  const repository = authorizedRepository(call, caller, {
    operation: "PutImageTagMutability",
    name: readName(members.repositoryName),
    account,
  })
  const { world } = call.state
  const changed: Repository = { ...repository, imageTagMutability }
  const repositories = world.repositories.map((one) => (one === repository ? changed : one))
  call.state.world = { ...world, repositories }
  return { registryId: account, repositoryName: repository.name, imageTagMutability }
}

/** CreateRepository of ECR, in the caller's account and the world's Region. */
export function createRepository(call: Call, caller: Caller): object {
  const members = readMembers(call.request.body, {
    ...{ registryId: "text", repositoryName: "text", imageTagMutability: "text" },
    ...{ tags: "unsupported", imageTagMutabilityExclusionFilters: "unsupported" },
    ...{ imageScanningConfiguration: "unsupported", encryptionConfiguration: "unsupported" },
  })
  const account = readAccount(members.registryId, caller)
  const name = readName(members.repositoryName)
  const imageTagMutability = readMutability(members.imageTagMutability ?? "MUTABLE")
  const { world } = call.state
  const resource = repositoryArn(name, caller.region, account)
  authorize(caller, { action: "ecr:CreateRepository", resource, account })
  if (caller.region !== world.region) {
    throw new Fault("ValidationException", "this fake has repositories in one Region only")
  }
  if (findRepository(world, name, caller.region, account) !== null) {
    throw new Fault(
      "RepositoryAlreadyExistsException",
      `The repository with name '${name}' already exists in the registry with id '${account}'`,
    )
  }
  const repository: Repository = {
    name,
    imageTagMutability,
    images: [],
    ...(account !== world.account && { account }),
  }
  call.state.world = { ...world, repositories: [...world.repositories, repository] }
  return { repository: view(repository, caller.region, account) }
}

interface Asked {
  readonly operation: string
  readonly name: string
  readonly account: string
}

function authorizedRepository(
  { state }: Call,
  caller: Caller,
  { operation, name, account }: Asked,
): Repository {
  const repository = findRepository(state.world, readName(name), caller.region, account)
  const resource = repositoryArn(name, caller.region, account)
  authorize(caller, { action: `ecr:${operation}`, resource, account, policy: repository?.policy })
  return repository ?? missingRepository(name, account)
}

function readMutability(text: string | undefined): TagMutability {
  const known = tagMutabilities.find((one) => one === text)
  if (known === undefined) throw invalid("imageTagMutability", tagMutabilities.join("|"))
  return known
}

function view({ name, imageTagMutability = "MUTABLE" }: Repository, region: string, account: string): object {
  return {
    repositoryArn: repositoryArn(name, region, account),
    registryId: account,
    repositoryName: name,
    repositoryUri: `${account}.dkr.ecr.${region}.amazonaws.com/${name}`,
    createdAt,
    imageTagMutability,
    imageScanningConfiguration: { scanOnPush: false },
    encryptionConfiguration: { encryptionType: "AES256" },
  }
}
