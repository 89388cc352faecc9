import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { readShell } from "../../../src/open/core/shell-words.ts"

function commands(text: string): string[][] {
  return readShell(text).commands.map((words) => words.map((word) => word.text))
}

describe("a text of a shell", () => {
  test.each([
    ["exec php  artisan\tx", [["exec", "php", "artisan", "x"]]],
    ["A='b c' \"d e\"f\\ g", [["A=b c", "d ef g"]]],
    ['echo "a\\"b" \'\\\' ""', [["echo", 'a"b', "\\", ""]]],
    ["one; two\n\nthree # four\nfive#six", [["one"], ["two"], ["three"], ["five#six"]]],
    ["one \\\n  two", [["one", "two"]]],
    ["one && two || three | four & (five)", [["one"], ["two"], ["three"], ["four"], ["five"]]],
    ["one 2>&1 &>log", [["one", "2>&1", "&>log"]]],
    [
      "case $1 in\nweb|php-fpm) one ;;\n(x) two ;;\nesac",
      [["case", "$1", "in"], ["one"], ["x"], ["two"], ["esac"]],
    ],
    ["cat <<END > file\ndon't; php-fpm\n\tEND\none", [["cat", "<<END", ">", "file"], ["one"]]],
    [
      "cat <<-'A' <<B\nx\nA\ny\nB\none <<<two",
      [
        ["cat", "<<-'A'", "<<B"],
        ["one", "<<<two"],
      ],
    ],
    ["it's one; two", [["it's", "one"], ["two"]]],
  ])("%j is taken apart", (text, expected) => {
    expect(commands(text)).toEqual(expected)
  })

  test.each([
    ["exec php 'a;b' \"c d\"", true],
    ["one; two", true],
    ["one | two", false],
    ["one &", false],
    ["it's one", false],
  ])("%j is plain: %s", (text, isPlain) => {
    expect(readShell(text).isPlain).toBe(isPlain)
  })

  test("tells the words that a shell makes more of", () => {
    const [words = []] = readShell(`one "$a" "\\$b" '$c' $d \\$e * "*" >f`).commands
    const active = words.filter((word) => !word.isPlain).map((word) => word.text)
    expect(active).toEqual(["$a", "$d", "*", ">f"])
  })

  test("any words in quotes are read back", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), (words) => {
        const text = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ")
        expect(readShell(text)).toEqual({
          commands: [words.map((word) => ({ text: word, isPlain: true }))],
          isPlain: true,
        })
      }),
    )
  })

  test("any text at all comes to an end, and 250,000 quotes, brackets or ends do at once", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."ab '\"\\\n;&|()<-#$`="), maxLength: 60 }), (text) => {
        expect(readShell(text).commands.flat().length).toBeLessThanOrEqual(text.length)
      }),
      { numRuns: 500 },
    )
    for (const text of ['"\\', "'\"", "<<A\n", ")", "(", "a\n)", '\\"']) {
      expect(readShell(text.repeat(125_000)).commands).toBeDefined()
    }
  })
})
