import { nodeLauncher } from "../../../src/adapters/node/launcher.ts"
import { EnvsealError } from "../../../src/core/error.ts"

// Prints the code of the failure to become a program at the given path: for a process of its own, which gives its streams away.

const [file = ""] = process.argv.slice(2)
try {
  await nodeLauncher.become({ file, argv: [file] }, [])
} catch (error) {
  console.log(error instanceof EnvsealError ? error.code : error)
}
