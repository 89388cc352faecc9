/** What must not be in an image, whatever values it holds. */
export type Exposure = "a plain .env" | "Laravel's cached configuration" | "an age identity"

/** Ends of names, as a part of an expression: the file holds no values, or encrypted ones. */
export const harmlessEnds = "example|dist|sample|template|sealed|encrypted|enc|age|gpg|pgp|asc|sops|vault"

/** Files beside `.env` that hold no values, or encrypted ones. */
const harmless = new RegExp(`\\.(?:${harmlessEnds})$`)

/** What a file is by its path alone; `null` for all others. Symbolic links are not asked for. */
export function exposureOf(path: string): Exposure | null {
  const name = path.slice(path.lastIndexOf("/") + 1)
  if ((name === ".env" || name.startsWith(".env.")) && !harmless.test(name)) return "a plain .env"
  return /(?:^|\/)bootstrap\/cache\/config\.php$/.test(path) ? "Laravel's cached configuration" : null
}
