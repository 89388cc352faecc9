import { concatBytes } from "../../core/bytes.ts"
import { encodeUtf8 } from "../../core/text.ts"
import type { Program, RawText, RawVariables } from "../../ports/runtime.ts"
import { cLibrary } from "../system/c-library.ts"
import { errorCode } from "../system/error-code.ts"
import { keepStreamsOnly, unblockSignals } from "./command-state.ts"
import { isText, rawBytes } from "./raw-text.ts"

/**
 * Makes all ready for `execve` of the C library, which Bun can call.
 *
 * @returns what calls it. That returns only when it failed, with the system's code.
 */
export type NativeExecve = (program: Program, variables: RawVariables) => () => { readonly code: string }

/** What the system is about to read: an address keeps nothing from the garbage collector. */
const held: (Uint8Array | BigUint64Array)[] = []
const addressBytes = 8

/**
 * Beside `process.execve` of Bun it takes any bytes, and it takes less time: that one prepares a warning which nobody sees.
 *
 * @returns `null` where the runtime is not Bun, or the C library cannot be called.
 */
export function nativeExecve(): NativeExecve | null {
  const library = cLibrary()
  if (library === null) return null
  const { ptr, execve, errno } = library
  // Now, so that what was waiting comes to its handler: execve would forget it.
  if (process.platform === "linux") unblockSignals(library)
  return ({ file, argv }, variables) => {
    const memory = terminated([file, ...argv], variables)
    const starts = startsIn(memory)
    // Reading refuses it, and the text would become two.
    if (starts.length !== 1 + argv.length + variables.length) throw new Error("a text has a NUL in it")
    const vectors = addressesOf(starts.slice(1), argv.length, ptr(memory))
    held.push(memory, vectors)
    if (process.platform === "linux") keepStreamsOnly(library)
    const [path, start] = [ptr(memory), ptr(vectors)]
    return () => {
      execve(path, start, start + addressBytes * (argv.length + 1))
      return { code: errorCode(errno()) }
    }
  }
}

/** The texts, then an assignment for each variable, each with a NUL behind it. */
function terminated(texts: readonly RawText[], variables: RawVariables): Uint8Array {
  const parts: RawText[] = []
  for (const text of texts) parts.push(text, "\0")
  for (const [name, value] of variables) parts.push(name, "=", value, "\0")
  return parts.every(isText) ? encodeUtf8(parts.join("")) : concatBytes(parts.map(rawBytes))
}

/** Where each text begins. */
function startsIn(memory: Uint8Array): number[] {
  const starts: number[] = []
  for (let at = 0; at < memory.length; at = memory.indexOf(0, at) + 1) starts.push(at)
  return starts
}

/** Two lists of addresses, the first of `length`, each with a zero at its end. */
function addressesOf(starts: readonly number[], length: number, base: number): BigUint64Array {
  const addresses = new BigUint64Array(starts.length + 2)
  for (let at = 0; at < starts.length; at++) {
    addresses[at < length ? at : at + 1] = BigInt(base + (starts[at] ?? 0))
  }
  return addresses
}
