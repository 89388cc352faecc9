import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { hangMs } from "../hang.ts"
import { type Buildspec, type Phase, type PhaseName, phaseNames, readBuildspec } from "./buildspec.ts"
import { run } from "./process.ts"

/** What CodeBuild is told of a project and a build of it. */
export interface BuildRequest {
  /** The source as it was checked out, with `buildspec.yaml` at the top. */
  readonly source: string
  /** Variables of the project, which win over those of the buildspec. */
  readonly variables: Readonly<Record<string, string>>
  /** What the machine has: `PATH`, `HOME`, credentials. */
  readonly machine: Readonly<Record<string, string>>
  readonly commit: string
  /** `PROJECT:UUID`; made up when it is left out. */
  readonly id?: string
}

/** A command of the build, as it began and ended. */
export interface Step {
  readonly phase: PhaseName
  readonly command: string
  readonly status: number | null
  /** The variables that it was given, and those that it left. */
  readonly before: Readonly<Record<string, string>>
  readonly after: Readonly<Record<string, string>>
}

export interface Build {
  readonly id: string
  readonly status: "SUCCEEDED" | "FAILED"
  readonly phases: Readonly<Partial<Record<PhaseName, "SUCCEEDED" | "FAILED">>>
  readonly steps: readonly Step[]
  /** What `BatchGetBuilds` gives as `exportedEnvironmentVariables`. */
  readonly exported: Readonly<Record<string, string>>
  readonly log: string
}

/**
 * Runs a source's `buildspec.yaml` as CodeBuild does. From one command to the next come the exported variables and
 * the folder, and nothing else: no plain variable of the shell, no `set -e`.
 *
 * @throws Error for a buildspec that is none, and for a command that does not end in time.
 */
export async function runBuild(request: BuildRequest): Promise<Build> {
  const spec = readBuildspec(readFileSync(join(request.source, "buildspec.yaml"), "utf8"))
  const machine = new Machine(spec, request)
  try {
    return await machine.build()
  } finally {
    machine.remove()
  }
}

class Machine {
  readonly #spec: Buildspec
  readonly #id: string
  readonly #folder = mkdtempSync(join(tmpdir(), "envseal-codebuild-"))
  readonly #steps: Step[] = []
  readonly #phases: Partial<Record<PhaseName, "SUCCEEDED" | "FAILED">> = {}
  #environment: Record<string, string>
  #cwd: string
  #log = ""
  #succeeding = true

  constructor(spec: Buildspec, { source, variables, machine, commit, id }: BuildRequest) {
    this.#spec = spec
    this.#id = id ?? `shop:${crypto.randomUUID()}`
    this.#cwd = source
    this.#environment = {
      ...machine,
      CI: "true",
      CODEBUILD_CI: "true",
      CODEBUILD_BUILD_ID: this.#id,
      CODEBUILD_BUILD_ARN: `arn:aws:codebuild:eu-west-1:111122223333:build/${this.#id}`,
      CODEBUILD_BUILD_NUMBER: "7",
      CODEBUILD_INITIATOR: "deployer/someone",
      CODEBUILD_LOG_PATH: this.#id.replace(/^.*:/, ""),
      CODEBUILD_RESOLVED_SOURCE_VERSION: commit,
      CODEBUILD_SOURCE_VERSION: "main",
      CODEBUILD_SRC_DIR: source,
      CODEBUILD_START_TIME: String(Date.now()),
      ...spec.variables,
      ...variables,
    }
  }

  async build(): Promise<Build> {
    let next = true
    for (const name of phaseNames) {
      const phase = this.#spec.phases[name]
      // After a failure only post_build is reached, and only from the build phase.
      if (phase !== undefined && next) next = await this.#runPhase(name, phase)
    }
    const names = this.#spec.exportedVariables.filter((name) => this.#environment[name] !== undefined)
    return {
      id: this.#id,
      status: this.#succeeding ? "SUCCEEDED" : "FAILED",
      phases: this.#phases,
      steps: this.#steps,
      exported: Object.fromEntries(names.map((name) => [name, this.#environment[name] ?? ""])),
      log: this.#log,
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** @returns whether the build goes on to the next phase. */
  async #runPhase(name: PhaseName, phase: Phase): Promise<boolean> {
    this.#say(`Entering phase ${name.toUpperCase()}`)
    const done = await this.#runCommands(name, phase.commands)
    const finished = await this.#runCommands(name, phase.finally)
    const succeeded = done && finished
    this.#phases[name] = succeeded ? "SUCCEEDED" : "FAILED"
    this.#say(`Phase complete: ${name.toUpperCase()} State: ${this.#phases[name]}`)
    if (succeeded) return true
    this.#succeeding = false
    return phase.onFailure === "CONTINUE" || (phase.onFailure === null && name === "build")
  }

  async #runCommands(phase: PhaseName, commands: readonly string[]): Promise<boolean> {
    for (const command of commands) {
      const status = await this.#runCommand(phase, command)
      if (status === 0) continue
      this.#say(`Error while executing command: ${command}. Reason: exit status ${status}`)
      return false
    }
    return true
  }

  async #runCommand(phase: PhaseName, command: string): Promise<number | null> {
    this.#say(`Running command ${command}`)
    const before = { ...this.#environment, CODEBUILD_BUILD_SUCCEEDING: this.#succeeding ? "1" : "0" }
    const [script, state, output] = ["script.sh", "state", "output"].map((name) => join(this.#folder, name))
    if (script === undefined || state === undefined || output === undefined) throw new Error("no folder")
    writeFileSync(state, "")
    const keep = `trap 'status=$?; { pwd; env -0; } >"${state}"; exit $status' EXIT`
    writeFileSync(script, `${keep}\n${command}\n`)
    // One stream for both outputs, as they come.
    const shell = ["-c", `exec ${this.#spec.shell} "$0" >"$1" 2>&1`, script, output]
    const options = { cwd: this.#cwd, env: before, timeoutMs: hangMs }
    const { status } = await run("/bin/sh", shell, options)
    this.#log += readFileSync(output, "utf8")
    const [cwd = "", ...variables] = readFileSync(state, "utf8").split(/\n(.*)/s)
    const after = { ...before, ...parseEnvironment(variables.join("")) }
    this.#environment = after
    if (cwd !== "") this.#cwd = cwd
    this.#steps.push({ phase, command, status, before, after })
    return status
  }

  #say(line: string): void {
    this.#log += `[Container] ${new Date().toISOString()} ${line}\n`
  }
}

function parseEnvironment(text: string): Record<string, string> {
  const pairs = text.split("\0").filter((pair) => pair !== "")
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  )
}
