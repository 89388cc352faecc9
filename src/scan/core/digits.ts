/** The value of a hexadecimal digit in ASCII; 99 for all other bytes. */
const hexValues = new Uint8Array(256).fill(99)
for (const [value, c] of [..."0123456789abcdef"].entries()) {
  hexValues[c.charCodeAt(0)] = value
  hexValues[c.toUpperCase().charCodeAt(0)] = value
}

/** What exactly so many digits say, read from `at`; -1 when fewer stand there before `end`. */
export function readHex(bytes: Uint8Array, at: number, count: number, end: number): number {
  if (at + count > end) return -1
  let value = 0
  for (let one = at; one < at + count; one++) {
    const digit = hexValues[bytes[one] ?? 0] ?? 99
    if (digit > 15) return -1
    value = value * 16 + digit
  }
  return value
}

/** How many digits below the base stand in a row from `at`, up to `most`. */
export function countDigits(
  bytes: Uint8Array,
  at: number,
  base: 8 | 10 | 16,
  end: number,
  most: number,
): number {
  const last = Math.min(end, at + most)
  let one = at
  while (one < last && (hexValues[bytes[one] ?? 0] ?? 99) < base) one++
  return one - at
}

/** What so many digits say in a base, never more than `max`. They must be digits. */
export function readDigits(
  bytes: Uint8Array,
  at: number,
  count: number,
  base: 8 | 10 | 16,
  max: number,
): number {
  let value = 0
  for (let one = at; one < at + count; one++) {
    value = Math.min(max, value * base + (hexValues[bytes[one] ?? 0] ?? 0))
  }
  return value
}
