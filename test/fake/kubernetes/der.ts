/** As much of ASN.1's DER (X.690) as certificates need. Every function gives a whole encoded value. */

export function sequence(...values: readonly Buffer[]): Buffer {
  return encode(0x30, Buffer.concat(values))
}

export function setOf(...values: readonly Buffer[]): Buffer {
  return encode(0x31, Buffer.concat(values))
}

/** A number that is not negative, of any size. */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes[0] ?? 0
  return encode(0x02, first < 0x80 ? Buffer.from(bytes) : Buffer.concat([Buffer.of(0), bytes]))
}

export function boolean(value: boolean): Buffer {
  return encode(0x01, Buffer.of(value ? 0xff : 0))
}

/** Such as `2.5.4.3`. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number)
  return encode(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

export function utf8String(text: string): Buffer {
  return encode(0x0c, Buffer.from(text))
}

export function octetString(bytes: Uint8Array): Buffer {
  return encode(0x04, bytes)
}

/** Whole bytes, or with some bits of the last one unused. */
export function bitString(bytes: Uint8Array, unusedBits = 0): Buffer {
  return encode(0x03, Buffer.concat([Buffer.of(unusedBits), bytes]))
}

/** A moment before 2050, in whole seconds. */
export function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\.\d+|[-:T]/g, "")
  return encode(0x17, Buffer.from(digits.slice(2)))
}

/** A tag of the context, around other values or, when primitive, in the place of their own tag. */
export function context(number: number, content: Uint8Array, primitive = false): Buffer {
  return encode((primitive ? 0x80 : 0xa0) + number, content)
}

function encode(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content])
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length)
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff]
  return Buffer.of(0x80 + bytes.length, ...bytes)
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f]
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift(0x80 | (rest & 0x7f))
  return bytes
}
