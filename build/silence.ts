/**
 * Bun's runtime obeys variables that turn a binary into another program: BUN_BE_BUN makes it `bun`, BUN_OPTIONS
 * loads a file into it, BUN_CONFIG_VERBOSE_FETCH prints requests with their credentials, and
 * NODE_TLS_REJECT_UNAUTHORIZED takes any certificate. There is no option against them, so their names are
 * overwritten, each by one of the same length that no variable can have, because it begins with a NUL: to the C library
 * that is no name. A `=` would not do: to `getenv`, the variable BUN with the value `OPTIONS=…` is one named `BUN=OPTIONS`.
 *
 * In the runtime's own JavaScript a NUL outside of a text would be an error. There, `process.env.NODE_…` becomes
 * `process.env.constructor.…` of the same length, which is undefined whatever variables there are, and what is no variable
 * of the environment stays.
 *
 * Not for macOS, where it would break the signature.
 *
 * @param bytes of the runtime, changed in place, before a program is put behind it: a program may speak of these names.
 * @throws Error when one of the four is not there: Bun has changed, and this must be looked at again.
 */
export function silenceVariables(bytes: Buffer): void {
  for (const name of [
    "BUN_BE_BUN",
    "BUN_OPTIONS",
    "BUN_CONFIG_VERBOSE_FETCH",
    "NODE_TLS_REJECT_UNAUTHORIZED",
  ]) {
    if (!bytes.includes(name)) throw new Error(`the runtime has no ${name}`)
  }
  for (const prefix of ["BUN_", "NODE_TLS_REJECT_UNAUTHORIZED"]) {
    for (let at = bytes.indexOf(prefix); at >= 0; at = bytes.indexOf(prefix, at + 1)) silence(bytes, at)
  }
}

const environment = "env."
const member = "constructor."

function silence(bytes: Buffer, at: number): void {
  const text = bytes.toString("latin1", at, at + maxNameBytes)
  const [, name = "", next] = /^((?:BUN|NODE)_[A-Z]\w*)(: ")?/.exec(text) ?? []
  // A member of an object that is written out, and constants of node:worker_threads.
  const isOfCode = next !== undefined || /^BUN_WORKER_\w+_KEY$/.test(name)
  if (name === "" || isOfCode) return
  const isMember = bytes.toString("latin1", Math.max(0, at - environment.length), at) === environment
  if (!isMember) bytes[at] = 0
  // BUN_PORT is shorter: the port of a server that nobody starts.
  else if (name.length > member.length) bytes.write(member.padEnd(name.length, "_"), at, "latin1")
}

/** Longer than any of their names. */
const maxNameBytes = 80
