import { parseArn } from "./arn.ts"
import type { Place } from "./build-record.ts"
import type { Caller } from "./caller.ts"
import { Fault } from "./fault.ts"
import { type Project, projectArn } from "./project.ts"
import type { World } from "./world.ts"

/** Where a caller's builds are. */
export function placeOf({ principal, region }: Caller): Place {
  return { account: principal.account, region }
}

/** @returns `null` when the account has no such project in that Region. */
export function findProject(world: World, name: string, { account, region }: Place): Project | null {
  if (account !== world.account || region !== world.region) return null
  return world.projects.find((project) => project.name === name) ?? null
}

/** What a name or ARN of a project stands for. */
export function projectReference(
  text: string,
  place: Place,
): { readonly name: string; readonly arn: string } {
  if (!text.startsWith("arn:")) return { name: text, arn: projectArn(text, place.region, place.account) }
  return { name: resourceOf(text, "project", place), arn: text }
}

/** What an id or ARN of a build stands for, with the ARN of its project, which policies are about. */
export function buildReference(
  text: string,
  place: Place,
): { readonly id: string; readonly projectArn: string } {
  const id = text.startsWith("arn:") ? resourceOf(text, "build", place) : text
  const [name, uuid, ...rest] = id.split(":")
  if (!name || !uuid || rest.length > 0) throw new Fault("InvalidInputException", `Invalid build ID: ${text}`)
  return { id, projectArn: projectArn(name, place.region, place.account) }
}

function resourceOf(text: string, type: string, { region, account }: Place): string {
  const arn = parseArn(text)
  const isHere = arn?.service === "codebuild" && arn.region === region && arn.account === account
  if (!isHere || !arn.resource.startsWith(`${type}/`)) {
    throw new Fault("InvalidInputException", `Invalid ARN: ${text}`)
  }
  return arn.resource.slice(type.length + 1)
}
