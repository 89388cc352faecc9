import { EnvsealError } from "../core/error.ts"
import type { AgeFile } from "./header.ts"

/** @throws EnvsealError `HEADER_MALFORMED`, always. */
export function lowOrderShare(file: AgeFile, cause?: unknown): never {
  throw new EnvsealError("HEADER_MALFORMED", `the header of ${file.name} has a share of low order`, {
    cause,
    hint: "no age tool writes such a share: take the file again from where it was sealed",
  })
}

/** @throws EnvsealError `TAMPERED`, always: the file is not what was sealed. */
export function tampered(file: AgeFile, what: string, cause?: unknown): never {
  throw new EnvsealError("TAMPERED", `${file.name} was altered: ${what}`, {
    cause,
    hint: "do not use it: take the image or file again from where it was sealed, or seal again",
  })
}
