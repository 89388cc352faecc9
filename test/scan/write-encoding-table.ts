/** Writes the table of what `scan` finds into docs/threat-model.md. */
import { readFileSync, writeFileSync } from "node:fs"
import { encodingTable } from "./encoding-table.ts"

const file = new URL("../../docs/threat-model.md", import.meta.url)
const text = readFileSync(file, "utf8")
writeFileSync(
  file,
  text.replace(/^\| encoding \|.*(?:\n\|.*)*/m, () => encodingTable()),
)
