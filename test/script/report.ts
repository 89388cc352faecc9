import { readFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { type Report, reports } from "../../build/schemas/report.ts"
import type { Run } from "./harness.ts"

const folder = join(import.meta.dirname, "../../schemas")

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0]

/** The published schema of a report, which besides takes no field that it does not name. */
export function strictReader(name: string): z.ZodType {
  const text = readFileSync(join(folder, `${name}.schema.json`), "utf8")
  const schema: unknown = JSON.parse(text, (_, member: unknown) =>
    isObjectSchema(member) ? { ...member, additionalProperties: false } : member,
  )
  return z.fromJSONSchema(schema as JsonSchema)
}

function isObjectSchema(member: unknown): member is object {
  if (typeof member !== "object" || member === null) return false
  return "type" in member && member.type === "object" && "properties" in member
}

const readers = new Map<string, z.ZodType>()

function readerOf(name: string): z.ZodType {
  const reader = readers.get(name) ?? strictReader(name)
  readers.set(name, reader)
  return reader
}

/** What a command line with `--json` prints; `null` for another command line. */
export function reportOf(args: readonly string[]): Report | null {
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args
  if (!own.includes("--json")) return null
  const [first = "", second = ""] = own
  const ofCommand = reports.filter(({ commands }) =>
    commands.some((command) => command === first || command === `${first} ${second}`),
  )
  const isGiven = (option: string) => own.some((word) => word === option || word.startsWith(`${option}=`))
  const special = ofCommand.find(({ option }) => option !== null && isGiven(option))
  return special ?? ofCommand.find(({ option }) => option === null) ?? null
}

/** @throws Error where a run with `--json` prints what its published schema does not have. */
export function checkReports(args: readonly string[], { stdout, stderr }: Run): void {
  const report = reportOf(args)
  if (report === null) return
  for (const line of linesOf(stdout)) check(readerOf(report.name), report.name, line)
  for (const line of linesOf(stderr))
    if (line.startsWith('{"error"')) check(readerOf("failure"), "failure", line)
}

/** Complete lines: a process that is killed may leave the last one unfinished. */
function linesOf(text: string): readonly string[] {
  return text.split("\n").slice(0, -1)
}

function check(reader: z.ZodType, name: string, line: string): void {
  const { error } = reader.safeParse(JSON.parse(line))
  if (error !== undefined) throw new Error(`not as in schemas/${name}.schema.json: ${error.message}\n${line}`)
}
