import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { benchmarkRows, benchmarkSvg } from "../../build/benchmark-svg.ts"
import { podStart, podStartSvg } from "../../build/pod-start-svg.ts"

const docs = join(import.meta.dirname, "../../docs")
const read = (path: string) => readFileSync(join(docs, path), "utf8")

test("the plot of the benchmarks has the figures of the table: node build/benchmark-picture.ts", () => {
  expect(read("pictures/benchmarks.svg")).toBe(benchmarkSvg(benchmarkRows(read("benchmarks.md"))))
})

test("the plot of a pod's start has the figures of its table: node build/benchmark-picture.ts", () => {
  expect(read("pictures/pod-start.svg")).toBe(podStartSvg(podStart(read("benchmarks.md"))))
})

test("a page without a pod's start is no picture", () => {
  expect(() => podStart("<!-- bench:pod:begin -->\n<!-- bench:pod:end -->")).toThrow("no table")
})

test("a bar that takes ten times as long is longer by one mark of the scale, whatever it begins with", () => {
  const rows = [1, 10, 100].map((milliseconds) => ({
    program: `of ${milliseconds}`,
    milliseconds,
    own: false,
  }))
  const lengths = [...benchmarkSvg(rows).matchAll(/<rect x="385" [^>]* width="([\d.]+)"/g)].map(([, w]) =>
    Number(w),
  )
  expect(lengths).toEqual([0, 210, 420])
})

test("a table without rows is no picture", () => {
  expect(() => benchmarkRows("<!-- bench:begin -->\n<!-- bench:end -->")).toThrow("no table")
})
