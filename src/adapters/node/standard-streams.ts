import { systemCode } from "../../core/error.ts"
import { fstatSync, writeSync } from "../system/file-calls.ts"
import { fileError } from "./error.ts"

const stdin = 0
const stdout = 1
const stderr = 2
const pauseMs = 5

export const stdinIsTerminal = (): boolean => isTerminal(stdin)
export const stdoutIsTerminal = (): boolean => isTerminal(stdout)
export const stderrIsTerminal = (): boolean => isTerminal(stderr)

/** `node:tty` takes as long to load as an empty program, and no pipe or file needs its answer. */
function isTerminal(descriptor: number): boolean {
  try {
    return (
      fstatSync(descriptor).isCharacterDevice() && process.getBuiltinModule("node:tty").isatty(descriptor)
    )
  } catch {
    // It is closed.
    return false
  }
}

/**
 * Data for the reader of standard output, all of it before this returns. `process.stdout` is left alone: it
 * would make the pipe non-blocking for the program that this process becomes.
 *
 * @throws EnvsealError `WRITE_FAILED` when the reader has gone or the disk is full.
 */
export function writeStdout(data: string | Uint8Array): void {
  try {
    writeAll(stdout, typeof data === "string" ? Buffer.from(data) : data)
  } catch (error) {
    throw fileError("WRITE_FAILED", "write", "standard output", error, "check where the output goes")
  }
}

/** Messages for a person. There is nobody to tell when they cannot be written. */
export function writeStderr(text: string): void {
  try {
    writeAll(stderr, Buffer.from(text))
  } catch {
    // Standard error is closed: the exit status still says what happened.
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at)
    } catch (error) {
      if (systemCode(error) !== "EAGAIN") throw error
      // The other end made the pipe non-blocking and is slow.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
    }
  }
}
