import type { Program, RawText, RawVariables } from "../../ports/runtime.ts"
import { openLibrary } from "./c-library.ts"
import { rawBytes } from "./raw-text.ts"

/** Where the C library keeps the last failure, by its name in glibc and musl, and on macOS. */
const errnoName = process.platform === "darwin" ? "__error" : "__errno_location"

/** `execve` of the C library, which Bun can call. Returns only when it failed, with the system's code. */
export type NativeExecve = (program: Program, variables: RawVariables) => string

/** What the system is about to read: an address keeps nothing from the garbage collector. */
const held: (Buffer | BigUint64Array)[] = []
const addressBytes = 8

/** @returns `null` where the runtime is not Bun, or the C library cannot be called. */
export async function nativeExecve(): Promise<NativeExecve | null> {
  const shapes = {
    execve: { args: ["ptr", "ptr", "ptr"], returns: "i32" },
    [errnoName]: { args: [], returns: "ptr" },
  } as const
  const library = await openLibrary(shapes)
  if (library === null) return null
  const { ptr, read, symbols } = library
  const { execve, [errnoName]: errno } = symbols
  return ({ file, argv }, variables) => {
    const texts = [file, ...argv, ...variables.map(assignment)].map(terminated)
    const memory = Buffer.concat(texts)
    const addresses = addressesOf(texts, ptr(memory))
    const vectors = BigUint64Array.from([
      ...addresses.slice(1, argv.length + 1),
      0n,
      ...addresses.slice(argv.length + 1),
      0n,
    ])
    held.push(memory, vectors)
    const start = ptr(vectors)
    execve?.(ptr(memory), start, start + addressBytes * (argv.length + 1))
    return codeOf(read.i32(errno?.() ?? 0, 0))
  }
}

/** Where each of the texts begins, which stand one after the other from `start` on. */
function addressesOf(texts: readonly Buffer[], start: number): bigint[] {
  let at = start
  return texts.map(({ length }) => {
    at += length
    return BigInt(at - length)
  })
}

function assignment([name, value]: RawVariables[number]): Buffer {
  return Buffer.concat([rawBytes(name), Buffer.from("="), rawBytes(value)])
}

function terminated(text: RawText): Buffer {
  return Buffer.concat([rawBytes(text), Buffer.alloc(1)])
}

function codeOf(number: number): string {
  return (
    Object.entries(process.getBuiltinModule("node:os").constants.errno).find(
      ([, value]) => value === number,
    )?.[0] ?? "EUNKNOWN"
  )
}
