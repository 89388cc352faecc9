import { Secret } from "../../core/secret.ts"

/** How a value is made up. */
export type Recipe =
  | { readonly type: "laravel-key" | "uuid" }
  | { readonly type: "hex" | "base64" | "password"; readonly length: number }

/** Letters and digits that no shell, URL or `.env` treats in any way, and two more: 64, so that each bit counts. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

const most = { hex: 1_024, base64: 1_024, password: 1_024 } as const
const least = { hex: 8, base64: 8, password: 12 } as const

/** @returns `null` for what is no recipe, or makes a value that could be guessed. */
export function recipeOf(text: string): Recipe | null {
  if (text === "laravel-key" || text === "uuid") return { type: text }
  const [, type, digits] = /^(hex|base64|password):(\d{1,4})$/.exec(text) ?? []
  if (type !== "hex" && type !== "base64" && type !== "password") return null
  const length = Number(digits)
  return length >= least[type] && length <= most[type] ? { type, length } : null
}

/** @param random bytes from a generator that cryptography may rely on. */
export function generate(recipe: Recipe, random: (bytes: number) => Uint8Array): Secret {
  switch (recipe.type) {
    case "laravel-key":
      return new Secret(`base64:${base64(random(32))}`)
    case "uuid":
      return new Secret(uuid(random(16)))
    case "hex":
      return new Secret(hex(random(recipe.length)))
    case "base64":
      return new Secret(base64(random(recipe.length)))
    case "password":
      return new Secret([...random(recipe.length)].map((byte) => alphabet[byte & 63]).join(""))
  }
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

/** RFC 9562, version 4. */
export function uuid(bytes: Uint8Array): string {
  const marked = bytes.map((byte, at) =>
    at === 6 ? (byte & 0x0f) | 0x40 : at === 8 ? (byte & 0x3f) | 0x80 : byte,
  )
  return hex(marked).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
}
