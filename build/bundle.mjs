// Runs on Bun: bun build/bundle.mjs '<options as JSON>'. What it makes, binary.ts says.

/** Exports that age-encryption uses in some calls only, and that take milliseconds to load. */
const rarelyUsed = {
  "@noble/post-quantum/hybrid.js": ["MLKEM768P256", "MLKEM768X25519"],
  "@noble/curves/nist.js": ["p256"],
  "@noble/curves/ed25519.js": ["x25519"],
}

/** What commander imports of Node and uses in some calls only. */
const rarelyUsedOfNode = {
  "node:util":
    'export const stripVTControlCharacters = (text) => process.getBuiltinModule("node:util").stripVTControlCharacters(text)',
  "node:child_process":
    'export default new Proxy({}, { get: (_, name) => process.getBuiltinModule("node:child_process")[name] })',
}

/** Loads these modules at their first use instead of at the start: a container waits for it. */
const lateModules = {
  name: "late modules",
  setup(build) {
    /** The file of each, apart from its name: names of chunks come from names, and must not know this folder. */
    const files = new Map()
    build.onResolve({ filter: /^@noble\// }, ({ path, importer }) => {
      if (!(path in rarelyUsed && importer.includes("/age-encryption/"))) return undefined
      files.set(path, Bun.resolveSync(path, importer))
      return { path, namespace: "late" }
    })
    build.onResolve({ filter: /^node:/ }, ({ path, importer }) =>
      path in rarelyUsedOfNode && importer.includes("/commander/")
        ? { path, namespace: "late-node" }
        : undefined,
    )
    build.onLoad({ filter: /./, namespace: "late" }, ({ path }) => {
      const exports = rarelyUsed[path].map(
        (name) => `export const ${name} = new Proxy({}, { get: (_, member) => load().${name}[member] })`,
      )
      const load = `let real\nconst load = () => (real ??= require(${JSON.stringify(files.get(path))}))`
      return { loader: "js", contents: [load, ...exports].join("\n") }
    })
    build.onLoad({ filter: /./, namespace: "late-node" }, ({ path }) => ({
      loader: "js",
      contents: rarelyUsedOfNode[path],
    }))
  },
}

const { entry, target, runtime, outfile, define, bytecodeOrder } = JSON.parse(process.argv[2])
const { success, logs } = await Bun.build({
  entrypoints: [entry],
  plugins: [lateModules],
  define,
  target: "bun",
  format: "esm",
  // Each command's modules apart, so that open does not read the bytecode of the AWS clients.
  splitting: true,
  // Identifiers stay: which short name one gets that several chunks share is not the same in each build.
  minify: { whitespace: true, syntax: true, identifiers: false },
  bytecode: true,
  compile: {
    target,
    executablePath: runtime,
    outfile,
    bytecodeOrder: bytecodeOrder ?? false,
    // For `open`, of which little runs more than once. Other commands lower it (src/adapters/node/jit.ts).
    jitPolicy: 100,
    // Nothing of the folder that it is started in may be read, let alone run.
    autoloadDotenv: false,
    autoloadBunfig: false,
    autoloadTsconfig: false,
    autoloadPackageJson: false,
  },
})
for (const log of logs) console.error(log)
process.exit(success ? 0 : 1)
