import { describe, expect, test } from "vitest"
import { Matcher } from "../../../src/scan/core/matcher.ts"
import { TextRedactor } from "../../../src/scan/core/redactor.ts"

const patterns = [{ bytes: Buffer.from("hunter22") }]
const redactor = new TextRedactor(patterns, new Matcher(patterns), [
  Buffer.from("pin42"),
  Buffer.from("ignored-value"),
])

describe("a text of the image", () => {
  test.each([
    ["app/config.php", "app/config.php"],
    ["app/storage/hunter22.txt", "app/storage/…"],
    ["app/before-hunter22-after", "app/…"],
    ["hunter22", "…"],
    ["app/pin42/x", "app/pin42/x"],
    ["app/ignored-value/x", "app/…"],
    ["config.Labels.hunter22", "config.Labels.…"],
  ])("%s is shown as %s", (text, shown) => {
    expect(redactor.show(text)).toBe(shown)
  })

  test("is shown up to a short value too where one would stand beside its name", () => {
    expect(redactor.showStrictly("RUN |1 PIN=pin42 /bin/sh -c make")).toBe("RUN |1 …")
    expect(redactor.showStrictly("RUN make")).toBe("RUN make")
  })
})
