import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { hangMs } from "../hang.ts"
import { resourceSchema } from "./provider-schema.ts"

/** Where test/real/fetch-terraform.sh puts what it builds. */
export const terraformFolder = join(import.meta.dirname, "../../../.cache/terraform")

export interface TofuEnd {
  readonly status: number | null
  /** Both streams. */
  readonly output: string
}

/**
 * Runs OpenTofu on a folder with `main.tf`. Its provider for AWS knows what may be written, and does nothing.
 *
 * @param work a folder for its settings.
 * @param resources those whose schema the provider has, such as `aws_kms_key`.
 */
export function runTofu(
  args: readonly string[],
  folder: string,
  work: string,
  resources: readonly string[],
): TofuEnd {
  mkdirSync(work, { recursive: true })
  const config = join(work, "tofu.rc")
  const schema = join(work, "schema.json")
  writeFileSync(schema, JSON.stringify(providerSchema(resources)))
  writeFileSync(
    config,
    `provider_installation {\n  dev_overrides {\n    "hashicorp/aws" = ${JSON.stringify(terraformFolder)}\n  }\n}\n`,
  )
  const { status, stdout, stderr } = spawnSync(join(terraformFolder, "tofu"), [`-chdir=${folder}`, ...args], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "", HOME: work, TF_CLI_CONFIG_FILE: config, ENVSEAL_SCHEMA: schema },
    timeout: hangMs,
  })
  return { status, output: `${stdout}${stderr}` }
}

function providerSchema(resources: readonly string[]): object {
  const bindings = join(terraformFolder, "bindings")
  const known = resources.flatMap((name) => {
    const folder = join(bindings, name.replace(/^aws_/, "").replaceAll("_", "-"))
    return existsSync(folder) ? [[name, resourceSchema(folder)] as const] : []
  })
  return { provider: resourceSchema(join(bindings, "provider")), resource_schemas: Object.fromEntries(known) }
}
