import { EnvsealError } from "../core/error.ts"
import { decodeUtf8 } from "../core/text.ts"
import { decodeBase64 } from "./base64.ts"
import { maxHeaderBytes, maxStanzas, maxStanzasOfType } from "./limits.ts"
import { nativeFault } from "./native-stanza.ts"

/** One section of an age header. Anyone can write one; the header MAC says whether they did. */
export interface Stanza {
  readonly type: string
  readonly args: readonly string[]
  readonly body: Uint8Array
}

/** An age file taken apart, with nothing verified but its shape. */
export interface AgeFile {
  /** What the file is called in messages. */
  readonly name: string
  readonly stanzas: readonly Stanza[]
  /** The textual header up to and with the line of the MAC. */
  readonly header: Uint8Array
  /** The whole binary file. */
  readonly bytes: Uint8Array
}

const versionLine = "age-encryption.org/v1"
const columns = 64
const nonceBytes = 16

/**
 * Reads the header of a binary age v1 file, as strictly as the specification asks (C2SP age.md, "Header"):
 * LF only, canonical base64, full lines, one space between arguments, a MAC of 32 bytes. Stops at the first stanza
 * that is too many, so that a hostile header costs no more than a large one.
 *
 * @throws EnvsealError `HEADER_MALFORMED`, `HEADER_TOO_LARGE`, `TOO_MANY_STANZAS`, or `VERSION_UNSUPPORTED` for
 * another version of age.
 */
export function readHeader(bytes: Uint8Array, name: string): AgeFile {
  const lines = new HeaderLines(bytes, name)
  const version = lines.next()
  if (version !== versionLine) {
    throw new EnvsealError("VERSION_UNSUPPORTED", `${name} is not age v1`, {
      hint: "this envseal reads age-encryption.org/v1 only; look for a newer envseal",
    })
  }
  const stanzas: Stanza[] = []
  const counts = new StanzaCounts(name)
  for (let line = lines.next(); ; line = lines.next()) {
    if (!line.startsWith("-> ")) {
      checkMacLine(line, lines)
      break
    }
    const stanza = readStanza(line, lines)
    counts.add(stanza.type)
    stanzas.push(stanza)
  }
  checkNative(stanzas, lines)
  if (bytes.length - lines.position < nonceBytes) lines.fail("it ends before the payload's nonce")
  return { name, stanzas, header: bytes.subarray(0, lines.position), bytes }
}

function readStanza(line: string, lines: HeaderLines): Stanza {
  const [type, ...args] = line.slice(3).split(" ")
  if (!type || args.includes("")) lines.fail("a stanza has an empty argument")
  // Full lines hold whole bytes, so that all lines together are canonical where each is.
  let text = ""
  let length = columns
  while (length === columns) {
    const part = lines.next()
    length = part.length
    text += part
  }
  const body = length < columns ? decodeBase64(text) : null
  if (body === null) lines.fail("a stanza's body is not canonical base64")
  return { type, args, body }
}

function checkMacLine(line: string, lines: HeaderLines): void {
  const mac = line.startsWith("--- ") ? decodeBase64(line.slice(4)) : null
  if (mac?.length !== 32) lines.fail("there is no sound MAC line")
}

function checkNative(stanzas: readonly Stanza[], lines: HeaderLines): void {
  for (const stanza of stanzas) {
    const fault = nativeFault(stanza, stanzas.length)
    if (fault !== null) lines.fail(fault)
  }
}

/** How many stanzas there are, in all and of each type that has its own limit. */
class StanzaCounts {
  readonly #name: string
  readonly #ofType = new Map<string, number>()
  #all = 0

  constructor(name: string) {
    this.#name = name
  }

  add(type: string): void {
    if (++this.#all > maxStanzas) this.#fail(`${maxStanzas} stanzas`)
    const limit = Object.hasOwn(maxStanzasOfType, type) ? maxStanzasOfType[type] : undefined
    if (limit === undefined) return
    const count = (this.#ofType.get(type) ?? 0) + 1
    if (count > limit) this.#fail(`${limit} ${type} stanzas`)
    this.#ofType.set(type, count)
  }

  #fail(limit: string): never {
    throw new EnvsealError("TOO_MANY_STANZAS", `the header of ${this.#name} has more than ${limit}`, {
      hint: "nobody seals for so many: take the file again from where it was sealed, or seal it for fewer recipients",
    })
  }
}

/** The header's lines: ASCII without control characters, each ended by one LF. */
class HeaderLines {
  readonly #bytes: Uint8Array
  readonly #isCut: boolean
  readonly #name: string
  position = 0

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes.subarray(0, maxHeaderBytes)
    this.#isCut = bytes.length > maxHeaderBytes
    this.#name = name
  }

  next(): string {
    const end = this.#bytes.indexOf(0x0a, this.position)
    if (end < 0) this.#failAtEnd()
    const line = decodeUtf8(this.#bytes.subarray(this.position, end))
    if (line === null || !/^[ -~]*$/.test(line)) this.fail("it is not plain ASCII")
    this.position = end + 1
    return line
  }

  #failAtEnd(): never {
    if (!this.#isCut) this.fail("it ends early")
    throw new EnvsealError(
      "HEADER_TOO_LARGE",
      `the header of ${this.#name} is over ${maxHeaderBytes} bytes`,
      {
        hint: "take the file again from where it was sealed: envseal does not write such headers",
      },
    )
  }

  fail(what: string): never {
    throw new EnvsealError("HEADER_MALFORMED", `the header of ${this.#name} is malformed: ${what}`, {
      hint: "take the file again from where it was sealed: it was cut, or edited on the way",
    })
  }
}
