import { EnvsealError } from "../core/error.ts"
import { decodeUtf8, encodeUtf8 } from "../core/text.ts"
import { decodeBase64 } from "./base64.ts"

const begin = "-----BEGIN AGE ENCRYPTED FILE-----"
const end = "-----END AGE ENCRYPTED FILE-----"
const binaryStart = encodeUtf8("age-encryption.org/")
const firstLine = new RegExp(`^${begin}\r?\n`)
const lastLine = new RegExp(`\r?\n${end}$`)
const columns = 64
/** How much is decoded at once: a thousand lines, or nearly. */
const blockBytes = 66_000
/** How far an armor is looked for in a file that does not begin with one. */
const searchedBytes = 65_536

/**
 * The binary age file inside `bytes`, which may be armored or binary already.
 *
 * @throws EnvsealError `ARMOR_MALFORMED` where there is an armor that is damaged, `NOT_AN_ENVELOPE` where
 * there is neither.
 */
export function dearmor(bytes: Uint8Array, name: string): Uint8Array {
  if (isBinary(bytes)) return bytes
  const text = trimBlanks(bytes)
  return decodeArmor(text) ?? refuse(text, name)
}

function isBinary(bytes: Uint8Array): boolean {
  for (let at = 0; at < binaryStart.length; at++) if (bytes[at] !== binaryStart[at]) return false
  return true
}

function refuse(text: Uint8Array, name: string): never {
  const start = Buffer.from(text.subarray(0, searchedBytes)).toString("latin1")
  if (!/BEGIN AGE ENCRYPTED/i.test(start)) {
    throw new EnvsealError("NOT_AN_ENVELOPE", `${name} is not an age file`, {
      hint: `an envelope starts with ${begin}; make one with envseal seal`,
    })
  }
  throw new EnvsealError("ARMOR_MALFORMED", `the armor of ${name} is damaged`, {
    hint: "take the file again from where it was sealed: it was cut, or edited on the way",
  })
}

/** Any number of blanks and line ends may stand around an armor. */
function trimBlanks(file: Uint8Array): Uint8Array {
  const isBlank = (byte: number | undefined) =>
    byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d
  let from = 0
  let to = file.length
  while (from < to && isBlank(file[from])) from++
  while (to > from && isBlank(file[to - 1])) to--
  return file.subarray(from, to)
}

/** @returns `null` for anything but the first line, lines of base64, and the last line (C2SP age.md, "ASCII armor"). */
function decodeArmor(text: Uint8Array): Uint8Array | null {
  const [first] = firstLine.exec(decodeUtf8(text.subarray(0, columns)) ?? "") ?? []
  const [last] = lastLine.exec(decodeUtf8(text.subarray(-columns)) ?? "") ?? []
  if (first === undefined || last === undefined) return null
  // With nothing between them, they share their line end.
  if (first.length + last.length > text.length) return new Uint8Array()
  return decodeLines(text.subarray(first.length, text.length - last.length))
}

/**
 * Into one buffer, many lines at a time: the library takes several times the file in memory, and anyone can hand over a
 * file of the largest size.
 *
 * @returns `null` unless every line is full, but for the last one, and canonical.
 */
function decodeLines(lines: Uint8Array): Uint8Array | null {
  const decoded = new Uint8Array(Math.ceil((lines.length * 3) / 4))
  const lastAt = lines.lastIndexOf(0x0a) + 1
  let size = 0
  for (let at = 0; at < lastAt; ) {
    const end = lines.lastIndexOf(0x0a, at + blockBytes) + 1
    if (end <= at) return null
    const text = decodeUtf8(lines.subarray(at, end)) ?? ""
    const full = /^(?:[A-Za-z0-9+/]{64}\r?\n)+$/.test(text) ? decodeBase64(text.replace(/\r?\n/g, "")) : null
    if (full === null) return null
    decoded.set(full, size)
    size += full.length
    at = end
  }
  const rest = decodePadded(decodeUtf8(lines.subarray(lastAt)) ?? "")
  if (rest === null) return null
  decoded.set(rest, size)
  return decoded.slice(0, size + rest.length)
}

function decodePadded(line: string): Uint8Array | null {
  const isWhole = line.length > 0 && line.length <= columns && line.length % 4 === 0
  return isWhole && /^[A-Za-z0-9+/]+={0,2}$/.test(line) ? decodeBase64(line.replace(/=+$/, "")) : null
}

/** Armor as the age tools write it: lines of 64 columns, padded, each ended by LF. */
export function enarmor(file: Uint8Array): Uint8Array {
  const lines =
    Buffer.from(file)
      .toString("base64")
      .match(/.{1,64}/g) ?? []
  return Buffer.from(`${[begin, ...lines, end].join("\n")}\n`, "latin1")
}
