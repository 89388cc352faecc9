import { decodeLoosely, decodeUtf8, printable } from "../../core/text.ts"
import type { RawText, RawVariables } from "../../ports/runtime.ts"

const slash = 0x2f

/** Text where the bytes are UTF-8, so that only what has to be is handled as bytes. */
export function rawText(bytes: Uint8Array): RawText {
  return decodeUtf8(bytes) ?? bytes
}

export function rawBytes(text: RawText): Buffer {
  return typeof text === "string" ? Buffer.from(text) : Buffer.from(text.buffer, text.byteOffset, text.length)
}

/** Whether it names a file by its path. */
export function hasSlash(text: RawText): boolean {
  return typeof text === "string" ? text.includes("/") : text.includes(slash)
}

/** As a string: what is not UTF-8 is replaced. */
export function rawString(text: RawText): string {
  return typeof text === "string" ? text : decodeLoosely(text)
}

/** For messages, as far as it can be shown. */
export function shownText(text: RawText, max?: number): string {
  return printable(rawBytes(text).toString(), max)
}

/** A path as the functions of `node:fs` take it. */
export function rawPath(text: RawText): string | Buffer {
  return typeof text === "string" ? text : rawBytes(text)
}

/** A folder and a name in it, with one `/` between them where the folder does not end with one. */
export function joinRaw(folder: RawText, name: RawText): RawText {
  if (typeof folder === "string" && typeof name === "string") {
    return folder.endsWith("/") ? `${folder}${name}` : `${folder}/${name}`
  }
  const start = rawBytes(folder)
  return Buffer.concat([start, Buffer.from(start.at(-1) === slash ? "" : "/"), rawBytes(name)])
}

/** @returns the parts between the separators, of one byte each. */
export function splitRaw(text: RawText, separator: string): readonly RawText[] {
  if (typeof text === "string") return text.split(separator)
  return splitBytes(rawBytes(text), separator.charCodeAt(0)).map(rawText)
}

export function splitBytes(bytes: Uint8Array, separator: number): readonly Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let at = 0; at <= bytes.length; ) {
    const end = bytes.indexOf(separator, at)
    parts.push(bytes.subarray(at, end < 0 ? bytes.length : end))
    if (end < 0) break
    at = end + 1
  }
  return parts
}

/** Whether a text can be given to a runtime as it is: both know strings only. */
export function isText(text: RawText): text is string {
  return typeof text === "string"
}

/** The value of a variable by its name. */
export function rawVariable(variables: RawVariables, name: string): RawText | undefined {
  for (const [one, value] of variables) if (one === name) return value
  return undefined
}
