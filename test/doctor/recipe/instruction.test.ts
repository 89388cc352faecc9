import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { expandWord, rawPairs } from "../../../src/doctor/core/recipe/expansion.ts"
import { instructionsIn } from "../../../src/doctor/core/recipe/instruction.ts"

function brief(text: string) {
  return instructionsIn(text).map(({ name, rest, line, lastLine }) => [name, rest, line, lastLine])
}

describe("the instructions of a Dockerfile", () => {
  test("go on over lines, comments, empty lines and ends of Windows", () => {
    expect(brief("\uFEFFFROM a\r\nRUN a \\\r\n# c\r\n\r\n  b\r\nCMD x\r\n")).toEqual([
      ["FROM", "a", 1, 1],
      ["RUN", "a    b", 2, 5],
      ["CMD", "x", 6, 6],
    ])
  })

  test("take the escape sign that is said at the top", () => {
    expect(brief("# syntax=docker/dockerfile:1\n# escape=`\nCOPY a `\n b\\\nCMD c")).toEqual([
      ["COPY", "a   b\\", 3, 4],
      ["CMD", "c", 5, 5],
    ])
  })

  test("do not end in a text of their own", () => {
    const [run, copy, cmd] = instructionsIn(
      "RUN python3 <<E1 && cat <<'E2'\nFROM x\nE1\n\\\nE2\nCOPY <<-a.txt <<\"b\" /d/\n\t1\n\ta.txt\nb.txt\nb\nCMD y",
    )
    expect(run?.heredocs).toEqual([
      { name: "E1", text: "FROM x\n", expands: true },
      { name: "E2", text: "\\\n", expands: false },
    ])
    expect(copy?.heredocs.map(({ text }) => text)).toEqual(["1\n", "b.txt\n"])
    expect([cmd?.name, cmd?.line]).toEqual(["CMD", 11])
  })

  test.each(["RUN echo $((1<<2))", "RUN cat <<<x", "CMD cat <<EOF"])("have no text in %s", (line) => {
    expect(instructionsIn(`${line}\nFROM a`).map(({ name }) => name)).toEqual([line.slice(0, 3), "FROM"])
  })

  test("have flags and the words of JSON", () => {
    expect(instructionsIn('COPY --from=a --link ["a b", "c"]')).toMatchObject([
      { flags: ["--from=a", "--link"], json: ["a b", "c"] },
    ])
    expect(instructionsIn("CMD ['a']")).toMatchObject([{ json: null, rest: "['a']" }])
  })

  test("never fail, whatever the text, and stay inside it", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("", "FROM a\n", "RUN <<E\n"), (text, before) => {
        const whole = `${before}${text}`
        for (const { line, lastLine } of instructionsIn(whole)) {
          expect(line).toBeLessThanOrEqual(lastLine)
          expect(lastLine).toBeLessThanOrEqual(whole.split("\n").length + 1)
        }
      }),
    )
  })
})

describe("a word of a Dockerfile", () => {
  const lookup = (name: string) => ({ A: "x", EMPTY: "" })[name] ?? null

  test.each([
    ["$A/${A}", "x/x"],
    ["'$A'", "$A"],
    ['"$A b"', "x b"],
    ["\\$A", "$A"],
    ["${B:-d}", "d"],
    ["${EMPTY:-d}", "d"],
    ["${EMPTY-d}", ""],
    ["${A:+y}", "y"],
    ["${B:+y}", ""],
    ["${B:-$A}", "x"],
    ["$B/.env", "\0/.env"],
    ["${A#x}", "\0"],
  ])("%s is %j", (word, text) => {
    expect(expandWord(word, lookup)).toBe(text)
  })

  test.each<[string, readonly (readonly [string, string | null])[]]>([
    [
      "A=b C='d e'",
      [
        ["A", "b"],
        ["C", "'d e'"],
      ],
    ],
    ["A b c", [["A", "b c"]]],
    ["A", [["A", null]]],
    ['"com.example"="x y"', [["com.example", '"x y"']]],
  ])("pairs of %s", (rest, pairs) => {
    expect(rawPairs(rest)).toEqual(pairs)
  })
})
