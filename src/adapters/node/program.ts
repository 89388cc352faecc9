import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs"
import { join, resolve } from "node:path"
import { EnvsealError, systemCode } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { Environment, Program } from "../../ports/runtime.ts"

const defaultPath = "/usr/local/bin:/usr/bin:/bin"

/** ELF machine numbers by Node's name of the architecture. */
const elfMachines: Readonly<Record<string, number>> = { x64: 62, arm64: 183 }

/**
 * Finds a command as a shell would, and checks what `execve` would refuse: Node ends itself with a core dump
 * when that call fails, so it must not be made in vain.
 */
export function findProgram(command: string, args: readonly string[], environment: Environment): Program {
  const file = command.includes("/") ? resolve(command) : searchPath(command, environment)
  const fault = faultOf(file)
  if (fault !== null) throw notExecutable(command, fault)
  return { file, argv: [command, ...args] }
}

function searchPath(command: string, environment: Environment): string {
  let denied: string | null = null
  for (const folder of (environment["PATH"] || defaultPath).split(":")) {
    const file = join(folder === "" ? "." : folder, command)
    const kind = kindOf(file)
    if (kind === "program") return resolve(file)
    if (kind === "denied") denied ??= resolve(file)
  }
  if (denied !== null) throw notExecutable(command, `${printable(denied)} may not be executed`)
  throw notFound(command, "it is not in PATH")
}

function kindOf(file: string): "program" | "denied" | "none" {
  try {
    if (!statSync(file).isFile()) return "none"
    accessSync(file, constants.X_OK)
    return "program"
  } catch (error) {
    return systemCode(error) === "EACCES" ? "denied" : "none"
  }
}

function faultOf(file: string): string | null {
  try {
    if (statSync(file).isDirectory()) return "it is a folder"
    accessSync(file, constants.X_OK)
  } catch (error) {
    const system = systemCode(error)
    if (system === "ENOENT" || system === "ENOTDIR") throw notFound(file, "there is no such file")
    return "permission to execute it is denied"
  }
  return formatFault(readStart(file))
}

/** @returns `null` for a file that may be executed and not read. */
function readStart(file: string): Buffer | null {
  try {
    const descriptor = openSync(file, "r")
    try {
      const start = Buffer.alloc(256)
      return start.subarray(0, readSync(descriptor, start, 0, start.length, 0))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return null
  }
}

function formatFault(start: Buffer | null): string | null {
  if (start === null || process.platform !== "linux") return null
  if (start.subarray(0, 2).toString("latin1") === "#!") return interpreterFault(start)
  if (start.subarray(0, 4).toString("latin1") !== "\x7fELF")
    return "it is neither a program nor a script with #!"
  const machine = elfMachines[process.arch]
  const actual = start.length < 20 ? null : start.readUInt16LE(18)
  return machine === undefined || actual === machine
    ? null
    : `it is built for another processor than ${process.arch}`
}

function interpreterFault(start: Buffer): string | null {
  const [interpreter = ""] =
    start
      .subarray(2)
      .toString("utf8")
      .split("\n", 1)[0]
      ?.trim()
      .split(/[ \t]+/) ?? []
  return kindOf(interpreter) === "program"
    ? null
    : `its interpreter ${printable(interpreter)} cannot be executed`
}

function notFound(command: string, why: string): EnvsealError {
  return new EnvsealError("COMMAND_NOT_FOUND", `could not start ${printable(command)}: ${why}`, {
    hint: "give the command after --, as in: envseal open -- php-fpm",
  })
}

function notExecutable(command: string, why: string): EnvsealError {
  return new EnvsealError("COMMAND_NOT_EXECUTABLE", `could not start ${printable(command)}: ${why}`, {
    hint: "check the file, its mode, and the platform of the image it came from",
  })
}
