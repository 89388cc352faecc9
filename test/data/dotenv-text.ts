import fc from "fast-check"

/** What a value is put together from; most of it means something to some reader. */
const piece = fc.constantFrom(
  ...'a|b|Z9|=|:|/|@|?|&|;|%|!|*|+|-|.|,|é|日|😀|[|]|{|}|(|)|<|>|^|~|\'|"|`|#|\\|$|${A}|$A|$(a)|\\n|\\"|\\\\|\\$|\t'.split(
    "|",
  ),
)
const innerPiece = fc.oneof({ weight: 5, arbitrary: piece }, { weight: 1, arbitrary: fc.constant(" ") })
const text = (max: number) => fc.array(innerPiece, { maxLength: max }).map((pieces) => pieces.join(""))

const value = fc.oneof(
  fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join("")),
  text(6).map((inner) => `'${inner.replaceAll("'", "")}'`),
  text(6).map((inner) => `"${inner.replace(/(?<!\\)"/g, "")}"`),
  fc
    .array(text(3), { minLength: 2, maxLength: 5 })
    .map((lines) => `"${lines.map((line) => line.replaceAll('"', "")).join("\n")}"`),
)

const name = fc.constantFrom("A", "B", "CC", "DD_1", "EE", "LONG_NAME", "exported", "a.b")
const line = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        fc.constantFrom("", "", "", "export ", "export\t", " "),
        name,
        fc.constantFrom("=", "=", " = "),
        value,
        fc.constantFrom("", "", " ", " # c", "#c", " # it's", ' # ="'),
      )
      .map((parts) => parts.join("")),
  },
  { weight: 1, arbitrary: fc.constantFrom("", "# c", "# it's", '# X="a', " ", "A", ";", "'A'=1") },
)

/** Texts that look like a `.env`, many of them with a fault. */
export const dotenvText = fc
  .tuple(
    fc.array(line, { minLength: 1, maxLength: 4 }),
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom("\n", "\n", "\r\n") },
      { weight: 1, arbitrary: fc.constant("\r") },
    ),
    fc.oneof({ weight: 29, arbitrary: fc.constant("") }, { weight: 1, arbitrary: fc.constant("\uFEFF") }),
  )
  .map(([lines, end, mark]) => `${mark}${lines.join("\n").replaceAll("\n", end)}${end}`)
