import { isSecretName } from "../core/secret-name.ts"

/**
 * Whether the asset build puts what this name holds into scripts that every visitor gets (Vite, "Env variables"; Laravel
 * Mix, "Environment variables"). Such a name is a variable of the build, and none of the secret.
 */
export function isPublicName(name: string): boolean {
  return /^(?:VITE|MIX)_[A-Z0-9_]+$/.test(name)
}

/**
 * What an example file has for such a name. A reference to another name of it is followed, as Laravel's own example has
 * the name of the app; with one that leads further, or to what has a secret's name, it is nothing.
 */
export function publicValue(name: string, example: ReadonlyMap<string, string>): string {
  let isWhole = true
  const text = (example.get(name) ?? "").replace(/\$\{(\w+)\}/g, (_, other: string) => {
    const value = isSecretName(other) ? undefined : example.get(other)
    isWhole &&= value !== undefined
    return value ?? ""
  })
  return isWhole ? text : ""
}
