import type { Caller } from "./caller.ts"
import { Fault } from "./fault.ts"
import type { Repository } from "./repository.ts"
import type { World } from "./world.ts"

/** The account of a registryId; without one, the caller's. @throws InvalidParameterException */
export function readAccount(registryId: string | undefined, caller: Caller): string {
  const account = registryId ?? caller.principal.account
  if (!/^\d{12}$/.test(account)) throw invalid("registryId", "[0-9]{12}")
  return account
}

/** A repositoryName. @throws InvalidParameterException */
export function readName(repositoryName: string | undefined): string {
  const name = repositoryName ?? ""
  if (!/^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name)) {
    throw invalid("repositoryName", "(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*")
  }
  return name
}

/** @returns `null` when the account has no such repository in that Region. */
export function findRepository(
  world: World,
  name: string,
  region: string,
  account: string,
): Repository | null {
  if (region !== world.region) return null
  const found = world.repositories.find(
    (one) => one.name === name && (one.account ?? world.account) === account,
  )
  return found ?? null
}

/** @throws RepositoryNotFoundException */
export function missingRepository(name: string, account: string): never {
  throw new Fault(
    "RepositoryNotFoundException",
    `The repository with name '${name}' does not exist in the registry with id '${account}'`,
  )
}

/** What ECR says of a parameter that is not as it has to be. */
export function invalid(name: string, pattern: string): Fault {
  return new Fault(
    "InvalidParameterException",
    `Invalid parameter at '${name}' failed to satisfy constraint: 'must satisfy regular expression '${pattern}''`,
  )
}
