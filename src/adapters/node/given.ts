import { decodeUtf8 } from "../../core/text.ts"
import type { RawText, RawVariables } from "../../ports/runtime.ts"
import { readFileSync } from "../system/file-calls.ts"
import { rawText, splitBytes } from "./raw-text.ts"

const equals = 0x3d

/**
 * The variables that this process was given, byte for byte: the runtimes put U+FFFD in the place of what is not UTF-8.
 * Each name is there once, with the value that the C library finds first. Where the system does not tell, it is what
 * the runtime says.
 */
export function givenVariables(): RawVariables {
  const bytes = bytesOrNull("/proc/self/environ")
  if (bytes === null) return runtimeVariables()
  const text = decodeUtf8(bytes)
  return text === null ? variablesOfBytes(bytes) : variablesOfText(text)
}

/** Nearly always all of it is text, and taken apart sooner than bytes are. */
function variablesOfText(text: string): RawVariables {
  const found: [string, string][] = []
  const names = new Set<string>()
  for (const entry of text.split("\0")) {
    const at = entry.indexOf("=")
    if (at <= 0) continue
    const name = entry.slice(0, at)
    if (names.has(name)) continue
    names.add(name)
    found.push([name, entry.slice(at + 1)])
  }
  return found
}

function variablesOfBytes(bytes: Uint8Array): RawVariables {
  const found = new Map<string, readonly [RawText, RawText]>()
  for (const entry of splitBytes(bytes, 0)) {
    const at = entry.indexOf(equals)
    const name = entry.subarray(0, at)
    const key = Buffer.from(name).toString("latin1")
    if (at > 0 && !found.has(key)) found.set(key, [rawText(name), rawText(entry.subarray(at + 1))])
  }
  return [...found.values()]
}

function runtimeVariables(): RawVariables {
  return Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
}

/**
 * The last arguments of this process, byte for byte.
 *
 * @param words the same as the runtime gives them.
 */
export function givenArguments(words: readonly string[]): readonly RawText[] {
  const bytes = words.some(isReplaced) ? bytesOrNull("/proc/self/cmdline") : null
  if (bytes === null || bytes.at(-1) !== 0) return words
  const all = splitBytes(bytes.subarray(0, -1), 0)
  const given = all.slice(-words.length).map(rawText)
  const isSame = given.every((text, at) => typeof text !== "string" || text === words[at])
  return given.length === words.length && isSame ? given : words
}

/** Whether something of it may have been replaced by the runtime. */
export function isReplaced(text: string): boolean {
  return text.includes("\ufffd")
}

/** The bytes of a variable; `null` when it is not set. */
export function givenVariable(name: string): Uint8Array | null {
  const value = givenVariables().find(([one]) => one === name)?.[1]
  return value === undefined ? null : typeof value === "string" ? Buffer.from(value) : value
}

function bytesOrNull(path: string): Uint8Array | null {
  try {
    return readFileSync(path)
  } catch {
    return null
  }
}

/** Whether the system tells what the process was given. */
export function showsBytes(): boolean {
  return bytesOrNull("/proc/self/environ") !== null
}
