/**
 * Bun's runtime obeys variables that turn a binary into another program: BUN_BE_BUN makes it `bun`, BUN_OPTIONS
 * loads a file into it, BUN_CONFIG_VERBOSE_FETCH prints requests with their credentials, and
 * NODE_TLS_REJECT_UNAUTHORIZED takes any certificate. There is no option against them, so their names are
 * overwritten, each by one of the same length that no variable can have, because it begins with a NUL: to the C library
 * that is no name. A `=` would not do: to `getenv`, the variable BUN with the value `OPTIONS=…` is one named `BUN=OPTIONS`.
 *
 * Not for macOS, where it would break the signature.
 *
 * @param bytes of the binary, changed in place.
 * @throws Error when one of the four is not there: Bun has changed, and this must be looked at again.
 */
export function silenceVariables(bytes: Buffer): void {
  for (const name of [
    "BUN_BE_BUN",
    "BUN_OPTIONS",
    "BUN_CONFIG_VERBOSE_FETCH",
    "NODE_TLS_REJECT_UNAUTHORIZED",
  ]) {
    if (!bytes.includes(name)) throw new Error(`the binary has no ${name}`)
  }
  for (const prefix of ["BUN_", "NODE_TLS_REJECT_UNAUTHORIZED"]) {
    for (let at = bytes.indexOf(prefix); at >= 0; at = bytes.indexOf(prefix, at + 1)) {
      const next = bytes[at + prefix.length] ?? 0
      const isName = prefix.length > 4 || (next >= 0x41 && next <= 0x5a)
      if (isName) bytes[at] = 0
    }
  }
}
