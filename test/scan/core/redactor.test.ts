import { describe, expect, test } from "vitest"
import { Matcher } from "../../../src/scan/core/matcher.ts"
import { type RedactedPattern, TextRedactor } from "../../../src/scan/core/redactor.ts"
import { Sweep } from "../../../src/scan/core/sweep.ts"
import { Triples } from "../../../src/scan/core/triple.ts"

function redactorFor(list: readonly RedactedPattern[], unshown: readonly Uint8Array[]): TextRedactor {
  return new TextRedactor(list, new Sweep(new Matcher(list), [], new Triples([])), unshown)
}

const patterns = [{ bytes: Buffer.from("hunter22") }]
const redactor = redactorFor(patterns, [Buffer.from("pin42"), Buffer.from("ignored-value")])

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

  test("is shown up to a value that is looked for in a command line too", () => {
    expect(redactor.showStrictly("RUN |1 KEY=hunter22 make")).toBe("RUN |1 …")
  })

  test("is shown up to the first of the values in it", () => {
    expect(redactor.show("a/ignored-value/b/hunter22/c")).toBe("a/…")
    expect(redactor.show("a/hunter22/b/ignored-value/c")).toBe("a/…")
    expect(redactor.showStrictly("RUN hunter22 pin42")).toBe("RUN …")
  })

  test.each([
    ["app/1234567/x", "app/1234567/x"],
    ["app/12345678/x", "app/…"],
  ])("%s is shown as %s, by the length of a value that is not looked for", (text, shown) => {
    const unshown = ["1234567", "12345678"].map((one) => Buffer.from(one))
    expect(redactorFor(patterns, unshown).show(text)).toBe(shown)
  })

  test("loses the two characters before base64, in which the value has its first bits", () => {
    const encoded = [{ bytes: Buffer.from("dW50ZXIyMg"), encoding: "base64" as const }]
    const beside = redactorFor(encoded, [])
    expect(beside.show("a/b=.XdW50ZXIyMg")).toBe("a/…")
    expect(beside.show("a/b=.XYdW50ZXIyMg")).toBe("a/b=.…")
    expect(beside.show("a/b=.XYZdW50ZXIyMg")).toBe("a/b=.…")
    expect(beside.show("dW50ZXIyMg")).toBe("…")
    const raw = [{ bytes: Buffer.from("dW50ZXIyMg") }]
    expect(redactorFor(raw, []).show("a/b=.dW50ZXIyMg")).toBe("a/b=.…")
  })
})
