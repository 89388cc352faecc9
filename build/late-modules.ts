import type { Plugin } from "rolldown"

/** Exports that age-encryption uses in some calls only, and that take milliseconds to load. */
const rarelyUsed: Readonly<Record<string, readonly string[]>> = {
  "@noble/post-quantum/hybrid.js": ["MLKEM768P256", "MLKEM768X25519"],
  "@noble/curves/nist.js": ["p256"],
  "@noble/curves/ed25519.js": ["x25519"],
}

const prefix = "\0late:"

/** Loads these modules at their first use instead of at the start, as `build/bundle.mjs` does for the binary. */
export const lateModules: Plugin = {
  name: "late modules",
  resolveId(id, importer) {
    const isLate = id in rarelyUsed && importer?.includes("/age-encryption/")
    return isLate ? `${prefix}${id}` : null
  },
  load(id) {
    if (!id.startsWith(prefix)) return null
    const path = id.slice(prefix.length)
    const names = rarelyUsed[path] ?? []
    const load = `let real\nconst load = () => (real ??= require(${JSON.stringify(path)}))`
    const exports = names.map(
      (name) => `export const ${name} = new Proxy({}, { get: (_, member) => load().${name}[member] })`,
    )
    return [load, ...exports].join("\n")
  },
}
