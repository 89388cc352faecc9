import type { Command } from "commander"
import { answerIsNo } from "../../cli/exit.ts"
import { here } from "../../cli/here.ts"
import type { Invocation } from "../../cli/invocation.ts"
import { printJson, printLines } from "../../cli/output.ts"
import { tableLines } from "../../cli/table.ts"
import { momentText } from "../../core/moment.ts"
import { count } from "../../core/text.ts"
import { addSecretSubcommand, type SecretOptions, startSecret } from "./session.ts"

export function addNames(group: Command): void {
  addSecretSubcommand(group, "names", {
    description: "print the names in a secret, in its order; never a value",
    alone: true,
  })
    .addHelpText("after", "\nExample:\n  $ envseal secret names production")
    .action(async (environment: string, options: SecretOptions) => {
      const { ports, target } = await startSecret(environment, options)
      const { readCurrent, warnOfRefused } = await import("../run/held-version.ts")
      const current = await readCurrent(target.id, ports)
      warnOfRefused(target.id, current, ports)
      const names = (current?.entries ?? []).map(({ name }) => name)
      if (options.json) {
        printJson({ environment, secret: target.id, version: current?.versionId ?? null, names })
      } else printLines(names)
    })
}

interface VersionsOptions extends SecretOptions {
  readonly sweep: boolean
}

export function addVersions(group: Command): void {
  addSecretSubcommand(group, "versions", {
    description: "print the versions of a secret, newest first",
    alone: true,
  })
    .option("--sweep", "let the drafts go: take away the labels that envseal left", false)
    .addHelpText(
      "after",
      `
A draft is a version that did not become current, because somebody else was
faster or the command was killed: --resume of edit, set, unset, rename and
import goes on with it, restore takes it as a whole. AWS keeps what has no label
for a day at least.

Example:
  $ envseal secret versions production`,
    )
    .action(async (environment: string, options: VersionsOptions) => {
      const { log, ports, target } = await startSecret(environment, options)
      const [{ sweep }, { warnOfOverwriting }, { roleOf }] = await Promise.all([
        import("../run/store-version.ts"),
        import("../run/watch-over.ts"),
        import("../core/label.ts"),
      ])
      const before = await ports.writer.versions(target.id)
      await warnOfOverwriting(target.id, before, ports)
      if (options.sweep) {
        const { size } = await sweep(target.id, before, ports, { all: true })
        log.note(`took away ${count(size, "label")}`)
      }
      const found = options.sweep ? await ports.writer.versions(target.id) : before
      const versions = found.map((version) => ({ ...version, role: roleOf(version) }))
      if (options.json) return printJson({ environment, secret: target.id, versions })
      const now = here()
      const rows = versions.map(({ versionId, role, createdAt }) => [
        versionId,
        role === "other" ? "" : role,
        createdAt === null ? "" : momentText(createdAt, now),
      ])
      printLines(tableLines(rows, { indent: "" }))
    })
}

export function addDifference(group: Command, { outcome }: Invocation): void {
  addSecretSubcommand(group, "diff", {
    description: "print which names differ between two environments; never a value",
  })
    .argument("<other>", "another environment")
    .addHelpText(
      "after",
      "\nEnds with 3 when there are any.\n\nExample:\n  $ envseal secret diff staging production",
    )
    .action(async (environment: string, other: string, options: SecretOptions) => {
      const { differencesBetween } = await import("../run/compare-environments.ts")
      const one = await startSecret(environment, options)
      const two = await startSecret(other, options, one.target)
      const differences = await differencesBetween(one, two)
      if (options.json) printJson({ before: environment, after: other, differences })
      else printLines(differences.map(({ name, change }) => `${change} ${name}`))
      if (differences.length > 0) outcome.status = answerIsNo
    })
}
