import { createHash } from "node:crypto"
import { Stanza as AgeStanza, armor, Encrypter } from "age-encryption"
import type { Stanza } from "../../../src/envelope/header.ts"

/**
 * An age file with exactly these stanzas before a right MAC, as latin-1 text so that it can be edited. A
 * stanza given as `age1…` wraps the file key for that recipient.
 */
export async function forge(stanzas: readonly (Stanza | string)[], payload: Uint8Array): Promise<string> {
  const encrypter = new Encrypter()
  for (const stanza of stanzas) {
    if (typeof stanza === "string") {
      encrypter.addRecipient(stanza)
      continue
    }
    const { type, args, body } = stanza
    encrypter.addRecipient({ wrapFileKey: () => [new AgeStanza([type, ...args], body)] })
  }
  return latin1(await encrypter.encrypt(payload))
}

/** A stanza as it stands in a header. */
export function stanzaText({ type, args, body }: Stanza): string {
  const base64 = Buffer.from(body).toString("base64").replace(/=+$/, "")
  const full = base64.match(/.{64}/g) ?? []
  return [`-> ${[type, ...args].join(" ")}`, ...full, base64.slice(full.length * 64), ""].join("\n")
}

/** @throws Error when the text does not hold `from`, so that no vector is left whole by mistake. */
export function replaceOnce(
  text: string,
  from: string | RegExp,
  to: string | ((match: string) => string),
): string {
  const changed = text.replace(from, (match) => (typeof to === "string" ? to : to(match)))
  if (changed === text) throw new Error("there is nothing to replace")
  return changed
}

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "latin1"))
}

export function armored(file: string): string {
  return armor.encode(bytesOf(file))
}

/** Where the header ends and the payload's nonce begins. */
export function headerEnd(file: string): number {
  return file.indexOf("\n", file.indexOf("\n--- ") + 1) + 1
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1")
}

/**
 * Runs some work with a random source that gives the same bytes for the same seed, so that vectors which did
 * not change are written again byte for byte. For these files alone: anybody who reads this knows their file keys.
 */
export async function withSeed<T>(seed: string, work: () => Promise<T>): Promise<T> {
  let blocks = 0
  const seeded = <A extends ArrayBufferView | null>(array: A): A => {
    if (array === null) return array
    const target = Buffer.from(array.buffer, array.byteOffset, array.byteLength)
    for (let at = 0; at < target.length; at += 32) {
      target.set(
        createHash("sha256")
          .update(`${seed} ${blocks++}`)
          .digest()
          .subarray(0, target.length - at),
        at,
      )
    }
    return array
  }
  const own = { value: seeded, configurable: true }
  Object.defineProperty(globalThis.crypto, "getRandomValues", own)
  try {
    return await work()
  } finally {
    Reflect.deleteProperty(globalThis.crypto, "getRandomValues")
  }
}
