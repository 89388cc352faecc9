import { runBoundedProgram } from "../../../src/adapters/node/bounded-program.ts"

/** Runs a line of shell, or a path, as a program that is run on the way, and prints what came of it: for every runtime. */
const [line = "", limits = "{}"] = process.argv.slice(2)
const usual = { timeoutMs: 60_000, leftoverMs: 200, maxBytes: 1_000 }
const env = { PATH: process.env["PATH"] ?? "" }
const [command, args] = line.startsWith("/") ? [line, []] : ["/bin/sh", ["-c", line]]
const { end, stdout, stderr } = await runBoundedProgram(command, args, env, {
  ...usual,
  ...JSON.parse(limits),
})
console.log(
  JSON.stringify({ end: end.type, ...("status" in end ? { status: end.status } : {}), stdout, stderr }),
)
