import { expect, test } from "vitest"
import { joinRaw, rawBytes } from "../../../src/adapters/node/raw-text.ts"

test.each([
  ["/usr/bin", "/usr/bin/php"],
  ["/usr/bin/", "/usr/bin/php"],
  ["bin", "bin/php"],
  ["/", "/php"],
])("a name in the folder %s is %s, as text and as bytes", (folder, path) => {
  expect(joinRaw(folder, "php")).toBe(path)
  for (const [left, right] of [
    [Buffer.from(folder), "php"],
    [folder, Buffer.from("php")],
  ] as const) {
    expect(rawBytes(joinRaw(left, right)).toString()).toBe(path)
  }
})
