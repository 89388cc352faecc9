import type { With } from "../../config/demand.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { workloadText } from "../../core/workload.ts"
import type { Access } from "../core/access.ts"
import { cloudFormationFile } from "../core/cloudformation.ts"
import type { NewFile } from "../core/file.ts"
import { manifestsFor, workloadsFor } from "../core/manifests.ts"
import { moreParts } from "../core/more-pods.ts"
import type { OctaneServer } from "../core/octane.ts"
import { makePolicy, type PolicyKind } from "../core/policy.ts"
import { policyFiles } from "../core/policy-files.ts"
import { policyRequestOf } from "../core/policy-request.ts"
import { roleFile } from "../core/role-binding.ts"
import { roleArnOf, type Site } from "../core/site.ts"
import { keyArnOf, stackOf } from "../core/stack.ts"
import { terraformFiles, terraformIgnore } from "../core/terraform.ts"
import { deployerRole } from "./deployer-role.ts"

/** What the files of an environment are made from. */
export interface FilesRequest {
  readonly settings: With<"account" | "region" | "build">
  readonly site: Site
  /** Whether another environment has the same repository for images. */
  readonly sharesRepository: boolean
  /** The image that carries envseal; `null` when it is not known. */
  readonly binaryImage: string | null
  /** Where a request shows that the app is ready; `null` when that is not known. */
  readonly healthPath: string | null
  /** Whether Horizon works the app's queues. */
  readonly hasHorizon: boolean
  /** The server of Octane that the image starts; `null` for php-fpm. */
  readonly server: OctaneServer | null
}

/** Where the files are for the person who sets an environment up. */
export function folderOf({ environment }: Site): string {
  return `envseal/${environment}`
}

/** Everything that is written for an environment, but its entry in the settings. */
export function environmentFiles(request: FilesRequest): readonly NewFile[] {
  const { settings, site, sharesRepository, binaryImage } = request
  const folder = folderOf(site)
  const access = accessOf(settings, site)
  const stack = stackOf(site, access, {
    ...{ hasRepository: sharesRepository, binaryImage },
    variables: settings.build.variables,
  })
  return [
    terraformIgnore(folder),
    cloudFormationFile(stack, folder),
    ...terraformFiles(stack, folder),
    ...policyFiles(access, folder),
    ...(hasWorkloads(settings) ? [roleFile(deployerRole(settings, site.namespace), site, folder)] : []),
    ...appManifests(request),
  ]
}

/** As `envseal policy` prints them, with the ARN that the key will have, and those that the roles will. */
function accessOf(settings: EnvironmentSettings, site: Site): Access {
  const roles = { build: roleArnOf(site, site.buildRole), pod: roleArnOf(site, site.podRole) }
  const keyed = { ...settings, roles, kmsKeys: site.kmsKey === null ? [keyArnOf(site)] : settings.kmsKeys }
  const policy = (kind: PolicyKind) => makePolicy(kind, policyRequestOf(kind, keyed))
  return { build: policy("build"), pod: policy("pod"), deployer: policy("deployer"), key: policy("key") }
}

function hasWorkloads({ cluster, workloads }: EnvironmentSettings): boolean {
  return cluster !== null && workloads.length > 0
}

/** Those of `envseal init`. An app with other workloads has its own manifests, which these would not replace. */
function appManifests({ settings, site, healthPath, hasHorizon, server }: FilesRequest): readonly NewFile[] {
  const workloads = workloadsFor(site)
  const known: readonly string[] = Object.values(workloads)
  const own = settings.workloads.map(workloadText)
  if (!hasWorkloads(settings) || !own.every((workload) => known.includes(workload))) return []
  return manifestsFor(site, {
    context: settings.context,
    hasHorizon,
    server,
    more: moreParts.filter((part) => own.includes(workloads[part])),
    ...(healthPath === null ? {} : { healthPath }),
  })
}
