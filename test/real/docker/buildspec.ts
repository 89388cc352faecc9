import { parseDocument } from "yaml"

export const phaseNames = ["install", "pre_build", "build", "post_build"] as const
export type PhaseName = (typeof phaseNames)[number]

export interface Phase {
  readonly commands: readonly string[]
  readonly finally: readonly string[]
  /** Without it, a failed build phase goes on to post_build, and any other ends the build. */
  readonly onFailure: "ABORT" | "CONTINUE" | null
}

/** What of CodeBuild's build specification (version 0.2) is known here. */
export interface Buildspec {
  readonly shell: "bash" | "sh"
  readonly variables: Readonly<Record<string, string>>
  readonly exportedVariables: readonly string[]
  readonly phases: Readonly<Partial<Record<PhaseName, Phase>>>
}

/** @throws Error for anything that CodeBuild would refuse, or that this reader does not know. */
export function readBuildspec(text: string): Buildspec {
  const document = parseDocument(text, { uniqueKeys: true, strict: true })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem !== undefined) throw new Error(`YAML_FILE_ERROR: ${problem.message}`)
  const spec = object(document.toJS(), "the buildspec", ["version", "env", "phases"])
  if (spec["version"] !== 0.2) throw fault("its version is not 0.2")
  const env = object(spec["env"] ?? {}, "env", ["shell", "variables", "exported-variables"])
  const shell = env["shell"] ?? "sh"
  if (shell !== "bash" && shell !== "sh") throw fault("env.shell is neither bash nor sh")
  const phases = object(spec["phases"], "phases", phaseNames)
  return {
    shell,
    variables: variablesOf(env["variables"] ?? {}),
    exportedVariables: exportedOf(env["exported-variables"] ?? []),
    phases: Object.fromEntries(Object.entries(phases).map(([name, phase]) => [name, phaseOf(phase, name)])),
  }
}

function variablesOf(value: unknown): Record<string, string> {
  const variables = object(value, "env.variables", null)
  for (const [name, text] of Object.entries(variables)) {
    if (typeof text !== "string") throw fault(`the variable ${name} is no text`)
    if (name.startsWith("CODEBUILD_")) throw fault(`the name ${name} is reserved`)
  }
  return variables as Record<string, string>
}

function exportedOf(value: unknown): string[] {
  const names = texts(value, "env.exported-variables")
  const refused = names.find((name) => name.startsWith("AWS_"))
  if (refused !== undefined) throw fault(`${refused} cannot be exported`)
  return names
}

function phaseOf(value: unknown, name: string): Phase {
  const phase = object(value, name, ["commands", "finally", "on-failure"])
  const onFailure = phase["on-failure"] ?? null
  if (onFailure !== null && onFailure !== "ABORT" && onFailure !== "CONTINUE") {
    throw fault(`${name}.on-failure is neither ABORT nor CONTINUE`)
  }
  const commands = texts(phase["commands"], `${name}.commands`)
  if (commands.length === 0) throw fault(`${name} has no commands`)
  return { commands, finally: texts(phase["finally"] ?? [], `${name}.finally`), onFailure }
}

function texts(value: unknown, name: string): string[] {
  if (!Array.isArray(value)) throw fault(`${name} is no list`)
  const other = value.find((one) => typeof one !== "string")
  if (other !== undefined) throw fault(`${name} has what is no text: ${JSON.stringify(other)}`)
  return value
}

function object(value: unknown, name: string, known: readonly string[] | null): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw fault(`${name} is no map`)
  const other = Object.keys(value).find((member) => known !== null && !known.includes(member))
  if (other !== undefined) throw fault(`${name} has an unknown member ${other}`)
  return value as Record<string, unknown>
}

function fault(message: string): Error {
  return new Error(`YAML_FILE_ERROR: ${message}`)
}
