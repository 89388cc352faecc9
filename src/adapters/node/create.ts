import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs"
import { EnvsealError, systemCode } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import { fileError } from "./error.ts"

/**
 * Writes a file that must not exist yet, readable by its owner alone.
 *
 * @throws EnvsealError `TARGET_EXISTS` or `WRITE_FAILED`; after either, no part of the new file is left.
 */
export function createFile(path: string, bytes: Uint8Array): void {
  let descriptor: number
  try {
    descriptor = openSync(path, "wx", 0o600)
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw fileError("WRITE_FAILED", "write", path, error)
    throw new EnvsealError("TARGET_EXISTS", `${printable(path)} exists already`, {
      hint: "an identity is never overwritten: whatever was sealed for it would be lost; choose another name",
    })
  }
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
    fsyncSync(descriptor)
  } catch (error) {
    rmSync(path, { force: true })
    throw fileError("WRITE_FAILED", "write", path, error)
  } finally {
    closeSync(descriptor)
  }
}
