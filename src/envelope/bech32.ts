const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
const checksumLength = 6

/**
 * The bytes of a text in Bech32 (BIP 173, without its limit of 90 characters, as age has it).
 *
 * @param prefix what stands before the last `1`, in lower case and with a letter in it.
 * @returns `null` for another prefix, mixed case, foreign characters, a wrong checksum, and for bits at the end that are
 * no byte and are not zero.
 */
export function decodeBech32(text: string, prefix: string): Uint8Array | null {
  const isLower = text.startsWith(`${prefix}1`)
  if (!isLower && !text.startsWith(`${prefix.toUpperCase()}1`)) return null
  const words = wordsOf(text.slice(prefix.length + 1), isLower ? alphabet : alphabet.toUpperCase())
  if (words === null || words.length < checksumLength || !isChecked(prefix, words)) return null
  return bytesOf(words.slice(0, -checksumLength))
}

/** Five bits for each character. */
function wordsOf(text: string, letters: string): number[] | null {
  const words: number[] = []
  for (const letter of text) {
    const word = letters.indexOf(letter)
    if (word < 0) return null
    words.push(word)
  }
  return words
}

function isChecked(prefix: string, words: readonly number[]): boolean {
  let sum = 1
  for (let at = 0; at < prefix.length; at++) sum = added(sum, prefix.charCodeAt(at) >> 5)
  sum = added(sum, 0)
  for (let at = 0; at < prefix.length; at++) sum = added(sum, prefix.charCodeAt(at) & 31)
  for (const word of words) sum = added(sum, word)
  return sum === 1
}

/** A step of the checksum, a polynomial over words of five bits. */
function added(sum: number, word: number): number {
  const top = sum >>> 25
  const shifted = ((sum & 0x1ffffff) << 5) ^ word
  return (
    shifted ^
    (top & 1 ? 0x3b6a57b2 : 0) ^
    (top & 2 ? 0x26508e6d : 0) ^
    (top & 4 ? 0x1ea119fa : 0) ^
    (top & 8 ? 0x3d4233dd : 0) ^
    (top & 16 ? 0x2a1462b3 : 0)
  )
}

function bytesOf(words: readonly number[]): Uint8Array | null {
  const bytes = new Uint8Array(Math.floor((words.length * 5) / 8))
  let bits = 0
  let held = 0
  let at = 0
  for (const word of words) {
    held = (held << 5) | word
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = held >> bits
    held &= (1 << bits) - 1
  }
  // A word too many, or bits that no encoder writes.
  return bits < 5 && held === 0 ? bytes : null
}
