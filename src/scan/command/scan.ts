import { type Command, Option } from "commander"
import { answerIsNo } from "../../cli/exit.ts"
import type { Invocation } from "../../cli/invocation.ts"
import type { CommandLog } from "../../cli/log.ts"
import {
  addJsonOption,
  addLogOptions,
  addRemoteOptions,
  addSecretOptions,
  type CommonOptions,
  collect,
  parseLength,
} from "../../cli/options.ts"
import { printJson, printLines } from "../../cli/output.ts"
import { type RemoteOptions, startSession } from "../../cli/session.ts"
import { addSettingsOptions, type SettingsOptions, settingsOf } from "../../cli/settings.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import { count, printable } from "../../core/text.ts"
import { type SourceOptions, sourcesOf } from "../../seal/command/source-options.ts"
import type { Leak } from "../core/finding.ts"
import type { LayerName } from "../core/image.ts"
import { defaultMinLength, type Skipped } from "../core/needle.ts"
import type { Scanned, ScanRequest } from "../run/scan-target.ts"

interface ScanOptions extends CommonOptions, SourceOptions, SettingsOptions, RemoteOptions {
  readonly ignore?: readonly string[]
  readonly minLength: number
  readonly opens: boolean
}

const maxShown = 100
const maxPath = 300

export function addScan(program: Command, { outcome }: Invocation): void {
  const command = program
    .command("scan")
    .description("look for the secret's values all over an image; tells names and places, never values")
    .argument("<image>", "a tar of docker save or OCI, any other tar, a folder, or - for standard input")
  addSecretOptions(addSettingsOptions(command))
    .option("--ignore <name>", "do not look for this name's value; repeatable", collect)
    .addOption(
      new Option("--min-length <characters>", "look for values of this length or longer")
        .argParser(parseLength)
        .default(defaultMinLength),
    )
    .option("--opens", "prove also that the image opens what is sealed for the environment", false)
  addJsonOption(addLogOptions(addRemoteOptions(command, 600_000)))
    .addHelpText(
      "after",
      `
Looks through every layer, deleted files too, and the image's configuration and
history. A plain .env, Laravel's bootstrap/cache/config.php and age identities
are found as well. Ends with 3 when anything was found.

Not looked for, and listed: values that are empty, shorter than --min-length, a
number of at most 15 characters, a common word (true, production, localhost,
mysql, a Region, a time zone …) or of fewer than 4 different characters; and
names of --ignore and --set-env.

With --opens: the entry point comes to envseal open, also through scripts; the
sealed file is there, for this environment, version and key; the app's user can
read it; no variable, label or argument of the build has a secret's name.

Examples:
  $ docker save shop:1.2 | envseal scan - -e production --opens
  $ docker save shop:1.2 | envseal scan - --from aws-sm:shop/production`,
    )
    .action(async (image: string, options: ScanOptions) => {
      const settings = await settingsOf(options, { parents: true })
      const { log, ports, deadline } = await startSession(options, settings)
      const [{ scan }, { nodeScanTargets }, { keepHeapSmall }] = await Promise.all([
        import("../run/scan-target.ts"),
        import("../../adapters/node/scan-targets.ts"),
        import("../../adapters/node/heap.ts"),
      ])
      keepHeapSmall()
      const request = requestOf(image, options, settings)
      const scanned = await deadline.race("scan", scan(request, ports, nodeScanTargets))
      if (options.json) printJson(reportOf(scanned))
      else printLines(linesOf(scanned))
      tellSearched(scanned, log)
      if (scanned.findings.length > 0) outcome.status = answerIsNo
    })
}

function requestOf(target: string, options: ScanOptions, settings: EnvironmentSettings | null): ScanRequest {
  const { ignore = [], minLength } = options
  // What the secret must have is no question here.
  const secret = { ...sourcesOf(options, settings, "envseal scan"), require: null }
  if (options.opens && settings === null) {
    throw new EnvsealError("USAGE", "--opens needs an environment of envseal.yaml", {
      hint: "name it with -e, or by ENVSEAL_ENVIRONMENT",
    })
  }
  return { target, secret, ignore, minLength, opens: options.opens ? settings : null }
}

function reportOf({ findings, more, skipped, searched }: Scanned): object {
  const told = findings.map(({ found, ...place }) => ({ ...found, ...place }))
  return { clean: findings.length === 0, findings: told, more, skipped, searched }
}

function linesOf({ findings, more }: Scanned): string[] {
  const hidden = findings.length + more - maxShown
  const shown = findings.slice(0, maxShown).map(formatFinding)
  return hidden > 0 ? [...shown, `and ${hidden} more`] : shown
}

function formatFinding({ found, layer, config, path, part, field }: Leak): string {
  const what =
    found.type === "value" ? `${printable(found.name)} (${found.encodings.join(", ")})` : found.what
  const below = [
    ...(path === null ? [] : [printable(path, maxPath)]),
    ...(field ? [printable(field, maxPath)] : []),
  ]
  const place =
    layer !== null ? `layer ${formatLayer(layer)}` : config !== null ? `configuration ${short(config)}` : null
  const where = [...(place === null ? [] : [place]), ...below].join(": ")
  return `${what} in ${where}${part === "content" ? "" : partWords[part]}`
}

const partWords = {
  path: " (its path)",
  link: " (what it links to)",
  attributes: " (its attributes)",
} as const

function formatLayer({ number, of, digest, createdBy }: LayerName): string {
  const by = createdBy === null ? "" : ` (${printable(createdBy.replace(/\s+/g, " "), 60)})`
  return `${number} of ${of}${digest === null ? "" : ` ${short(digest)}`}${by}`
}

/** A digest as docker shortens it. */
function short(digest: string): string {
  return digest.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, "$1")
}

function tellSearched({ findings, more, skipped, searched }: Scanned, log: CommandLog): void {
  for (const [reason, names] of byReason(skipped)) {
    log.note(`not looked for, because each ${reason}: ${names.map((name) => printable(name)).join(", ")}`)
  }
  const { names, layers, files } = searched
  const places = `${layers === 0 ? "" : `${count(layers, "layer")}, `}${count(files, "file")}`
  const found = findings.length === 0 ? "found nothing" : count(findings.length + more, "find")
  log.note(`${found}; looked for ${count(names, "value")} in ${places}`)
}

function byReason(skipped: readonly Skipped[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const { name, reason } of skipped) groups.set(reason, [...(groups.get(reason) ?? []), name])
  return groups
}
