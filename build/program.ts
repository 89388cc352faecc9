import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { rolldown } from "rolldown"
import { lateModules } from "./late-modules.ts"
import { openFiles } from "./layout.ts"
import { leanFiles } from "./lean-files.ts"
import { noticesOf } from "./notices.ts"

const dist = join(import.meta.dirname, "../dist")

/** What `open` reads standard input and pipes with, and `scan` all its files. */
const streaming = /\/dist\/adapters\/node\/chunks\.js$/

/** What `seal` comes to. */
const sealing = /\/dist\/(?:cli\/program|seal\/command\/seal|seal\/run\/seal-secret|envelope\/seal)\.js$/

/** What `scan` comes to besides. */
const scanning =
  /\/dist\/(?:scan\/command\/scan|scan\/run\/scan-target|adapters\/node\/(?:scan-targets|heap))\.js$/

/** Packages that `open` and `seal` need. `@humanwhocodes/momoa`, which brings no text of its licence, stays a package. */
const bundled = /^(?:age-encryption|commander|dotenv|@scure\/base|@noble\/[a-z-]+)(?:\/|$)/

/**
 * Makes the program of the package out of what the compiler wrote: Node takes half a millisecond for each file, and
 * `open` has eighty. They are one file here, in the order of use, and `seal`, which has a hundred and eighty with its
 * packages, another one; what `scan` has besides is a third. Other commands have theirs apart, and other packages stay packages.
 */
async function main(): Promise<void> {
  const bundle = await rolldown({
    input: { envseal: join(dist, "cli/main.js") },
    platform: "node",
    external: (id) => !/^[./\0]/.test(id) && !bundled.test(id),
    plugins: [lateModules, leanFiles],
    // A module that is imported both ways is meant to be: the command decides which comes first.
    checks: { ineffectiveDynamicImport: false },
  })
  const { output } = await bundle.write({
    dir: join(dist, "program"),
    // bin/envseal.js begins with it, by its name.
    chunkFileNames: ({ name }) => (name === "open" ? "open.js" : "[name]-[hash].js"),
    minifyInternalExports: false,
    codeSplitting: {
      groups: [
        ...openFiles("node"),
        { name: "chunks", test: streaming, priority: 2 },
        { name: "seal", test: sealing, priority: 1 },
        { name: "scan", test: scanning, priority: 0 },
      ],
    },
  })
  const modules = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []))
  writeFileSync(join(dist, "program/third-party-licenses.txt"), noticesOf(modules))
  await bundle.close()
}

await main()
