import { readdirSync, readFileSync, statSync, writeSync } from "node:fs"
import { join } from "node:path"
import { holdFolder } from "../../../src/adapters/node/held-folder.ts"
import { placeNameless } from "../../../src/adapters/node/nameless-file.ts"

// Places a file in the given folder, twice under one name, and prints what was there meanwhile: for Bun.

const [folder = ""] = process.argv.slice(2)
const held = holdFolder(folder)
const during: string[][] = []
const place = (text: string) =>
  placeNameless(held, ".env", (descriptor) => {
    writeSync(descriptor, text)
    during.push(readdirSync(folder))
    return text
  })
const first = place("A=1\n")
const second = place("A=2\n")
const fail = () => {
  try {
    return placeNameless(held, "other", () => {
      throw new Error("full")
    })
  } catch (error) {
    return String(error)
  }
}
const failed = fail()
const path = join(folder, ".env")
const mode = (statSync(path).mode & 0o777).toString(8)
const text = readFileSync(path, "utf8")
process.stdout.write(JSON.stringify({ first, second, failed, during, mode, text, left: readdirSync(folder) }))
