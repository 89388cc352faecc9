import { armor } from "age-encryption"
import { EnvsealError } from "../core/error.ts"

const begin = "-----BEGIN AGE ENCRYPTED FILE-----"
const binaryStart = "age-encryption.org/"

/**
 * The binary age file inside `bytes`, which may be armored or binary already.
 *
 * @throws EnvsealError `ARMOR_MALFORMED` where there is an armor that is damaged, `NOT_AN_ENVELOPE` where
 * there is neither.
 */
export function dearmor(bytes: Uint8Array, name: string): Uint8Array {
  const text = Buffer.from(bytes).toString("latin1")
  if (text.startsWith(binaryStart)) return bytes
  if (!/BEGIN AGE ENCRYPTED/i.test(text)) {
    throw new EnvsealError("NOT_AN_ENVELOPE", `${name} is not an age file`, {
      hint: `an envelope starts with ${begin}; make one with envseal seal`,
    })
  }
  try {
    if (/[^\t\n\r -~]/.test(text)) throw new Error("not ASCII")
    return armor.decode(text)
  } catch (cause) {
    throw new EnvsealError("ARMOR_MALFORMED", `the armor of ${name} is damaged`, {
      cause,
      hint: "take the file again from where it was sealed: it was cut, or edited on the way",
    })
  }
}

export function enarmor(file: Uint8Array): Uint8Array {
  return Buffer.from(armor.encode(file), "latin1")
}
