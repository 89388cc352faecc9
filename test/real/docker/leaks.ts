/** Where a value was found, and in which form. Holds no value. */
export interface Leak {
  readonly name: string
  readonly form: string
  readonly place: string
}

/** A value in one of the forms in which it could have come somewhere. */
interface Needle {
  readonly name: string
  readonly form: string
  readonly bytes: Buffer
}

const shortestLine = 8

/**
 * Looks for the values of a secret, and for every longer line of them. It shares no code with `envseal scan`, which
 * it is to be a second opinion on.
 */
export class LeakSearch {
  readonly #needles: readonly Needle[]

  constructor(secret: Readonly<Record<string, string>>) {
    this.#needles = Object.entries(secret).flatMap(([name, value]) =>
      [value, ...value.split("\n").filter((line) => line !== value && line.length >= shortestLine)].flatMap(
        (text) => Object.entries(formsOf(text)).map(([form, bytes]) => ({ name, form, bytes })),
      ),
    )
  }

  /** The leaks in some bytes; `place` says what they are. */
  in(place: string, bytes: Uint8Array | string): Leak[] {
    const hay =
      typeof bytes === "string"
        ? Buffer.from(bytes)
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    return this.#needles
      .filter((needle) => hay.includes(needle.bytes))
      .map(({ name, form }) => ({ name, form, place }))
  }
}

function formsOf(text: string): Record<string, Buffer> {
  const bytes = Buffer.from(text)
  const json = JSON.stringify(text).slice(1, -1)
  const ascii = json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
  const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")
  const url = encodeURIComponent(text)
  const form = new URLSearchParams([["", text]]).toString().slice(1)
  const texts: Record<string, string> = {
    hex: bytes.toString("hex"),
    "hex in capitals": bytes.toString("hex").toUpperCase(),
    url,
    "url in small letters": url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    form,
    "url, every byte": percent,
    json,
    "json with slashes": json.replaceAll("/", "\\/"),
    "json in ASCII": ascii,
    "json in ASCII with slashes": ascii.replaceAll("/", "\\/"),
    "json in json": JSON.stringify(json).slice(1, -1),
    "php single": text.replace(/[\\']/g, "\\$&"),
    "php double": text.replace(/[\\"$]/g, "\\$&"),
    "php double, line ends": text.replace(/[\\"$]/g, "\\$&").replaceAll("\n", "\\n"),
    shell: text.replaceAll("'", "'\\''"),
    reversed: [...text].reverse().join(""),
  }
  const all: Record<string, Buffer> = { raw: bytes, "utf-16": Buffer.from(text, "utf16le") }
  for (const [name, one] of Object.entries(texts)) all[name] = Buffer.from(one)
  for (const shift of [0, 1, 2]) {
    all[`base64 at ${shift}`] = Buffer.from(base64At(bytes, shift, "base64"))
    all[`base64url at ${shift}`] = Buffer.from(base64At(bytes, shift, "base64url"))
  }
  return all
}

/** The digits that do not depend on what stands before and after, when `shift` bytes stand before. */
function base64At(bytes: Buffer, shift: number, alphabet: "base64" | "base64url"): string {
  const digits = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString(alphabet)
    .replaceAll("=", "")
  const first = Math.ceil((shift * 8) / 6)
  const last = Math.floor(((shift + bytes.length) * 8) / 6)
  return digits.slice(first, last)
}
