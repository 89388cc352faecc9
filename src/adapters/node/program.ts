import { EnvsealError, systemCode } from "../../core/error.ts"
import { decodeLoosely, printable, printableCommand } from "../../core/text.ts"
import type { Program, RawText } from "../../ports/runtime.ts"
import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readSync,
  statIfThere,
  statSync,
} from "../system/file-calls.ts"
import type { FilePath } from "../system/file-shapes.ts"
import { basename, resolve } from "../system/paths.ts"
import { type Executable, readExecutable, type StartFault } from "./executable.ts"
import { hasSlash, joinRaw, rawPath, rawString, splitRaw } from "./raw-text.ts"

const defaultPath = "/usr/local/bin:/usr/bin:/bin"

/** ELF machine numbers by Node's name of the architecture. */
const elfMachines: Readonly<Record<string, number>> = { x64: 62, arm64: 183 }

/** Linux runs a script of a script of a script, up to this depth. */
const maxInterpreters = 5

const loaderHint =
  "take the program that is built for this image's C library (glibc or musl), or install that one"

/** What the codes of a refused `execve` mean, in words that follow the name of a command. */
const refusals: Readonly<Record<string, string>> = {
  EACCES: "permission to execute it is denied, by its mode or by how its file system is mounted",
  EPERM: "the system does not permit it to be executed",
  ENOEXEC: "it is neither a program nor a script with #!",
  ETXTBSY: "another process is writing it",
  ELOOP: "it goes through too many links or interpreters",
  ENAMETOOLONG: "its name is too long",
  ELIBBAD: "its loader is damaged or for another processor",
  EINVAL: "its format is not supported",
  ENOMEM: "there is not enough memory",
  E2BIG: "its arguments and variables are more than the system takes",
}

/**
 * Finds a command as a shell would, and looks at all that `execve` would: Node ends itself with a core dump when that
 * call fails, so it must not be made in vain. A file that is no program and has no `#!` is refused; a shell would
 * guess that it is meant for `sh`.
 *
 * @throws EnvsealError `COMMAND_NOT_FOUND` or `COMMAND_NOT_EXECUTABLE`.
 */
export function findProgram(argv: readonly RawText[], path: RawText | undefined): Program {
  const [command = ""] = argv
  const program = { file: findFile(command, path), argv }
  // What was searched for has been looked at.
  if (hasSlash(command)) checkFile(program)
  checkFormat(program, path)
  return program
}

/** The file that a command names. @throws EnvsealError `COMMAND_NOT_FOUND` or `COMMAND_NOT_EXECUTABLE`. */
export function findFile(command: RawText, path: RawText | undefined): RawText {
  if (!hasSlash(command)) return searchPath(command, pathOf(path))
  return typeof command === "string" ? resolve(command) : command
}

/** Where programs are looked for: an empty `PATH` counts as none. */
function pathOf(path: RawText | undefined): RawText {
  return path === undefined || path.length === 0 ? defaultPath : path
}

/**
 * Looks again whether a program can be started.
 *
 * @param path where the interpreter of `#!/usr/bin/env NAME` is looked for.
 * @throws EnvsealError `COMMAND_NOT_FOUND` or `COMMAND_NOT_EXECUTABLE`.
 */
export function checkProgram(program: Program, path: RawText | undefined): void {
  checkFile(program)
  checkFormat(program, path)
}

function checkFile({ file, argv }: Program): void {
  const [command = file] = argv
  try {
    const stats = statSync(rawPath(file))
    if (stats.isDirectory()) throw notExecutable(command, fault("it is a folder"))
    // To look into a pipe would wait for its writer.
    if (!stats.isFile()) throw notExecutable(command, fault("it is not a regular file"))
    accessSync(rawPath(file), constants.X_OK)
  } catch (error) {
    throw notStarted(command, error)
  }
}

function checkFormat({ file, argv }: Program, path: RawText | undefined): void {
  const [command = file] = argv
  const found = formatFault(rawPath(file), pathOf(path))
  if (found !== null) throw notExecutable(command, found)
}

/** What `execve` or `spawn` failed with, as ours. What is ours already says more, and comes back as it is. */
export function notStarted(command: RawText, cause: unknown): EnvsealError {
  if (cause instanceof EnvsealError) return cause
  const system = systemCode(cause)
  if (system === "ENOENT" || system === "ENOTDIR") return notFound(command, "there is no such file", cause)
  const why = refusals[system ?? ""] ?? `it failed with ${system ?? "an unknown failure"}`
  return notExecutable(command, fault(why), cause)
}

/** Each file that the kernel opens to run this one: interpreters, and the loader of the last. */
export function filesOf(file: FilePath): FilePath[] {
  const files = [file]
  for (let depth = 0; depth <= maxInterpreters; depth += 1) {
    const executable = executableOf(files.at(-1) ?? file)
    const next = executable?.type === "script" ? executable.interpreter : null
    const loader = executable?.type === "elf" ? executable.loader : null
    if (next === null) return loader === null ? files : [...files, loader]
    files.push(next)
  }
  return files
}

function searchPath(command: RawText, path: RawText): RawText {
  let denied: RawText | null = null
  for (const folder of splitRaw(path, ":")) {
    const file = placeIn(folder, command)
    const kind = kindOf(rawPath(file))
    if (kind === "program") return file
    if (kind === "denied") denied ??= file
  }
  if (denied !== null) throw notExecutable(command, fault(`${shownCommand(denied)} may not be executed`))
  throw notFound(command, "it is not in PATH")
}

/** Where a name is looked for in a folder of `PATH`: in the working directory, where that is empty. */
function placeIn(folder: RawText, name: RawText): RawText {
  const place = joinRaw(folder.length === 0 ? "." : folder, name)
  return typeof place === "string" && !place.startsWith("/") ? resolve(place) : place
}

function kindOf(file: FilePath): "program" | "denied" | "none" {
  try {
    if (!statIfThere(file)?.isFile()) return "none"
    accessSync(file, constants.X_OK)
    return "program"
  } catch (error) {
    return systemCode(error) === "EACCES" ? "denied" : "none"
  }
}

/** @returns `null` for a file that may be executed and not read, and where programs have another format. */
function executableOf(file: FilePath): Executable | null {
  if (process.platform !== "linux") return null
  try {
    const descriptor = openSync(file, constants.O_RDONLY)
    try {
      return readExecutable((position, length) => {
        const bytes = new Uint8Array(length)
        return bytes.subarray(0, readSync(descriptor, bytes, 0, length, position))
      })
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return null
  }
}

function formatFault(file: FilePath, path: RawText, depth = 0): StartFault | null {
  const executable = executableOf(file)
  if (executable === null) return null
  if (executable.type === "unusable") return executable
  if (executable.type === "elf") return elfFault(executable)
  const { interpreter, argument } = executable
  if (depth >= maxInterpreters)
    return fault("its interpreter has an interpreter, and that one too, too often")
  if (kindOf(interpreter) !== "program")
    return fault(`its interpreter ${shownPath(interpreter)} cannot be executed`)
  const inner = formatFault(interpreter, path, depth + 1)
  if (inner !== null) return { ...inner, why: `of its interpreter ${shownPath(interpreter)}: ${inner.why}` }
  return lookedUpFault(decodeLoosely(interpreter), argument, path)
}

/** `env` looks a name up in PATH. */
function lookedUpFault(interpreter: string, argument: string, path: RawText): StartFault | null {
  const name = basename(interpreter) === "env" ? nameForEnv(argument) : null
  if (name === null) return null
  const isThere = name.includes("/")
    ? kindOf(name) === "program"
    : splitRaw(path, ":").some((folder) => kindOf(rawPath(placeIn(folder, name))) === "program")
  return isThere ? null : fault(`its interpreter ${printable(name)} is not in PATH`)
}

/**
 * The name that `env` looks up: all that follows it on a `#!` line, or with -S the first word that sets no variable.
 *
 * @returns `null` where that depends on more, such as other options, quotes or another PATH.
 */
function nameForEnv(argument: string): string | null {
  const [, split] = /^(?:-v*S|--split-string=)([^'"\\$#]*)$/.exec(argument) ?? []
  if (split === undefined) return argument === "" || /^-|=/.test(argument) ? null : argument
  const words = split.split(/\s+/).filter((word) => word !== "")
  const name = words.find((word) => !word.includes("="))
  const isPlain = name !== undefined && !name.startsWith("-") && !words.some((word) => /^PATH=/.test(word))
  return isPlain ? name : null
}

function elfFault({ machine, loader }: Executable & { readonly type: "elf" }): StartFault | null {
  const own = elfMachines[process.arch]
  if (own !== undefined && machine !== own) {
    return fault(`it is built for another processor than ${process.arch}`)
  }
  if (loader === null) return null
  if (kindOf(loader) !== "program") return fault(`its loader ${shownPath(loader)} is not there`, loaderHint)
  const executable = executableOf(loader)
  if (executable === null || (executable.type === "elf" && executable.machine === machine)) return null
  return fault(`its loader ${shownPath(loader)} is damaged or for another processor`, loaderHint)
}

function shownPath(path: Uint8Array): string {
  return printable(decodeLoosely(path))
}

function fault(why: string, hint: string | null = null): StartFault {
  return { why, hint }
}

function notFound(command: RawText, why: string, cause?: unknown): EnvsealError {
  const setsVariable = /^\w+=/.test(rawString(command))
  return new EnvsealError("COMMAND_NOT_FOUND", `could not start ${shownCommand(command)}: ${why}`, {
    cause,
    hint: setsVariable
      ? "no shell reads the command: set a variable through env, as in: envseal open -- env NAME=value php-fpm"
      : "give the command after --, as in: envseal open -- php-fpm",
  })
}

function notExecutable(command: RawText, { why, hint }: StartFault, cause?: unknown): EnvsealError {
  return new EnvsealError("COMMAND_NOT_EXECUTABLE", `could not start ${shownCommand(command)}: ${why}`, {
    cause,
    hint: hint ?? "check the file, its mode, and the platform of the image it came from",
  })
}

function shownCommand(command: RawText): string {
  return printableCommand(rawString(command))
}
