import { spawn } from "node:child_process"
import { nodeLauncher } from "../../../src/adapters/node/launcher.ts"
import { EnvsealError } from "../../../src/core/error.ts"

// Becomes the program at the given path, or prints the code of the failure. With a signal as well, it gets that one just before,
// and prints that its handler ran. For a process of its own, which gives its streams away.

const [file = "", signal] = process.argv.slice(2)
if (signal !== undefined) {
  process.on(signal, () => {
    console.log(`handled ${signal}`)
    process.exit(0)
  })
  // Where a process that has ended is told, as after a guard: that turn of the loop has asked for signals before.
  await new Promise((resolve) => spawn("/bin/true").once("exit", resolve))
  process.kill(process.pid, signal)
}
try {
  await nodeLauncher.become({ file, argv: [file, "became it"] }, [])
} catch (error) {
  console.log(error instanceof EnvsealError ? error.code : error)
}
