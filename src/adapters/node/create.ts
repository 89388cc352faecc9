import { EnvsealError, systemCode } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import { closeSync, constants, fsyncSync, openSync, writeSync } from "../system/file-calls.ts"
import { fileError } from "./error.ts"
import { removeQuietly } from "./remove.ts"

const newFile = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY

/**
 * Writes a file that must not exist yet, readable by its owner alone.
 *
 * @throws EnvsealError `TARGET_EXISTS` or `WRITE_FAILED`; after either, no part of the new file is left.
 */
export function createFile(path: string, bytes: Uint8Array): void {
  let descriptor: number
  try {
    descriptor = openSync(path, newFile, 0o600)
  } catch (error) {
    const system = systemCode(error)
    if (system !== "EEXIST") throw fileError("WRITE_FAILED", "write", path, error, hintFor(system))
    throw new EnvsealError("TARGET_EXISTS", `${printable(path)} exists already`, {
      hint: "an identity is never overwritten: whatever was sealed for it would be lost; choose another name",
    })
  }
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
    fsyncSync(descriptor)
  } catch (error) {
    removeQuietly(path)
    throw fileError("WRITE_FAILED", "write", path, error, hintFor(systemCode(error)))
  } finally {
    closeSync(descriptor)
  }
}

function hintFor(system: string | null): string {
  if (system === "ENOENT") return "make the folder first, or name another one"
  if (system === "ENOSPC" || system === "EDQUOT") return "free some space, or name another folder"
  return "check the folder and who may write there, or name another one"
}
