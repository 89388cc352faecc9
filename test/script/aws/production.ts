import { readFileSync, writeFileSync } from "node:fs"
import { environmentFor, type FakeAws, startFakeAws } from "../../fake/aws/client.ts"
import type { PolicyDocument } from "../../fake/aws/policy.ts"
import type { Mechanism, World } from "../../fake/aws/world.ts"
import { type Sandbox, sandbox } from "../harness.ts"
import { context, key, productionWorld } from "./world.ts"

export { context, dotenv, foreignKey, key, secret, secretArn } from "./world.ts"

/** What `envseal policy` prints. */
export async function printedPolicy(box: Sandbox, ...args: readonly string[]): Promise<PolicyDocument> {
  const run = await box.envseal(["policy", ...args])
  if (run.status !== 0) throw new Error(run.stderr)
  return JSON.parse(run.stdout)
}

/** The account, and a folder to run envseal in. */
export interface Production {
  readonly aws: FakeAws
  readonly box: Sandbox
  /** The variables of a process that acts as a role, by EKS Pod Identity unless said otherwise. */
  as(role: string, via?: Mechanism): Record<string, string>
}

export async function startProduction(
  change: (world: World) => World = (world) => world,
): Promise<Production> {
  const box = sandbox()
  const aws = await startFakeAws(change(await productionWorld((...args) => printedPolicy(box, ...args))))
  return {
    aws,
    box,
    as: (role, via = "pod-identity") => environmentFor(aws, { via, role, folder: box.folder }),
  }
}

export const sealArgs = [
  "seal",
  "--from",
  "aws-sm:shop/production",
  "--recipient",
  "aws-kms:alias/envseal-production",
  "--context",
  context,
] as const

export const openArgs = ["open", "--expect", context, "--kms-key", key, "--stdout"] as const

const envelopes = new WeakMap<Production, Uint8Array>()

/**
 * Leaves the production secret as the build seals it, and forgets the requests for it. It is sealed once: a later call
 * puts the same envelope back.
 */
export async function sealProduction(production: Production): Promise<void> {
  const { aws, box, as } = production
  const file = box.path(".env.sealed")
  const before = envelopes.get(production)
  if (before !== undefined) {
    writeFileSync(file, before)
    return aws.clearRequests()
  }
  const run = await box.envseal(["seal", "-q", ...sealArgs.slice(1)], { env: as("build") })
  if (run.status !== 0) throw new Error(run.stderr)
  envelopes.set(production, readFileSync(file))
  await aws.clearRequests()
}
