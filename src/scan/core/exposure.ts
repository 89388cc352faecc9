/** What must not be in an image, whatever values it holds. */
export type Exposure = "a plain .env" | "Laravel's cached configuration" | "an age identity"

/** Files beside `.env` that hold no values, or encrypted ones. */
const harmless = /\.(?:example|dist|sample|template|sealed|encrypted|enc|age|gpg|pgp|asc|sops|vault)$/

/** What a file is by its path alone; `null` for all others. Symbolic links are not asked for. */
export function exposureOf(path: string): Exposure | null {
  const name = path.slice(path.lastIndexOf("/") + 1)
  if ((name === ".env" || name.startsWith(".env.")) && !harmless.test(name)) return "a plain .env"
  return /(?:^|\/)bootstrap\/cache\/config\.php$/.test(path) ? "Laravel's cached configuration" : null
}
