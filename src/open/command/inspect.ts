import type { Command } from "commander"
import { here } from "../../cli/here.ts"
import { addJsonOption, addLogOptions, type CommonOptions } from "../../cli/options.ts"
import { printJson, printLines } from "../../cli/output.ts"
import { startSession } from "../../cli/session.ts"
import { tableLines } from "../../cli/table.ts"
import { momentText } from "../../core/moment.ts"
import { printable } from "../../core/text.ts"
import type { SourceRecord } from "../../envelope/claims.ts"
import type { Inspection } from "../run/read-claims.ts"

export function addInspect(program: Command): void {
  const command = program
    .command("inspect")
    .description("show what an envelope says of itself, without any key")
    .argument("[file]", "the envelope; - is standard input", ".env.sealed")
  addJsonOption(addLogOptions(command))
    .addHelpText(
      "after",
      `
What is shown is verified only when the envelope is opened.

Example:
  $ envseal inspect .env.sealed --json`,
    )
    .action(async (path: string, options: CommonOptions) => {
      const { ports } = await startSession(options)
      const { inspect } = await import("../run/read-claims.ts")
      const inspection = await inspect(path, ports)
      if (options.json) printJson(inspection)
      else printLines(describe(inspection))
    })
}

function describe({ context, provenance, recipients, stanzas, payloadBytes }: Inspection): string[] {
  const pairs = Object.entries(context)
  return [
    "context (not verified before open)",
    ...pairLines(pairs.length === 0 ? [["none", ""]] : pairs),
    "provenance",
    ...pairLines([
      ["sealed at", momentText(provenance.sealedAt, here())],
      ["by envseal", provenance.envseal],
      ["names", String(provenance.names)],
      ...provenance.sources.map((source): [string, string] => ["from", sourceText(source)]),
      ...(provenance.buildId === undefined ? [] : [["build", provenance.buildId] as const]),
      ...(provenance.commit === undefined ? [] : [["commit", provenance.commit] as const]),
    ]),
    "recipients",
    ...recipients.map((recipient) => `  ${printable(recipient, 300)}`),
    "file",
    ...pairLines([
      ["stanzas", stanzas.map((type) => printable(type)).join(", ")],
      ["payload", `${payloadBytes} bytes, encrypted`],
    ]),
  ]
}

function sourceText(source: SourceRecord): string {
  if (source.type === "aws-sm") return `aws-sm ${source.arn} version ${source.versionId}`
  return [source.type, source.name ?? ""].join(" ").trim()
}

function pairLines(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const rows = pairs.map(([name, value]) => [printable(name), printable(value, 300)])
  return tableLines(rows, { indent: "  " })
}
