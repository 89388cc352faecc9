import { describe, expect, test } from "vitest"
import { LeakSearch } from "./leaks.ts"
import { secret } from "./secret.ts"

const search = new LeakSearch(secret)
const around = (bytes: string | Buffer) =>
  Buffer.concat([Buffer.from("<<"), Buffer.from(bytes), Buffer.from(">>")])

describe("the search for leaks", () => {
  const forms: readonly [string, (value: string) => string | Buffer][] = [
    ["raw", (value) => value],
    ["one line of it", (value) => value.split("\n").find((line) => line.length >= 8) ?? ""],
    ["base64", (value) => Buffer.from(value).toString("base64")],
    ["base64 after one byte", (value) => Buffer.from(`x${value}yz`).toString("base64")],
    ["base64 after two bytes", (value) => Buffer.from(`xy${value}z`).toString("base64")],
    ["base64url after two bytes", (value) => Buffer.from(`xy${value}z`).toString("base64url")],
    ["hex", (value) => Buffer.from(`x${value}`).toString("hex").toUpperCase()],
    ["a URL's parameter", (value) => `?a=${encodeURIComponent(value)}&b`],
    ["a form's field", (value) => new URLSearchParams({ a: value }).toString()],
    ["JSON", (value) => JSON.stringify({ a: value })],
    ["JSON in JSON", (value) => JSON.stringify(JSON.stringify({ a: value }))],
    ["PHP, as var_export writes it", (value) => `'${value.replace(/[\\']/g, "\\$&")}'`],
    ["a shell's word", (value) => `'${value.replaceAll("'", "'\\''")}'`],
    ["UTF-16", (value) => Buffer.from(value, "utf16le")],
  ]

  test.each(forms)("finds every value as %s, by its name", (_, write) => {
    for (const [name, value] of Object.entries(secret)) {
      const found = search.in("here", around(write(value)))
      expect([...new Set(found.map((leak) => leak.name))], name).toContain(name)
    }
  })

  test("finds nothing in what has no value, and shows none", () => {
    expect(search.in("here", Object.keys(secret).join("\n"))).toEqual([])
    expect(JSON.stringify(search.in("here", secret["DB_PASSWORD"] ?? ""))).not.toContain("$5")
  })
})
