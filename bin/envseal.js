#!/usr/bin/env node
const [major, minor] = process.versions.node.split(".").map(Number)
if (major < 22 || (major === 22 && minor < 15)) {
  console.error(`envseal: error: Node ${process.versions.node} is too old [USAGE]`)
  console.error("envseal: hint: use Node 22.15 or later, or the standalone binary")
  process.exit(2)
}
const { main } = await import("../dist/program/open.js")
await main(process.argv.slice(2))
