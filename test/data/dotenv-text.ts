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
    .tuple(text(3), text(3))
    .map(([one, other]) => `"${one.replaceAll('"', "")}\n${other.replaceAll('"', "")}"`),
)

const name = fc.constantFrom("A", "B", "CC", "DD_1", "EE", "a.b")
const line = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(
        fc.constantFrom("", "", "", "export ", " "),
        name,
        fc.constantFrom("=", "=", " = "),
        value,
        fc.constantFrom("", "", " ", " # c", "#c"),
      )
      .map((parts) => parts.join("")),
  },
  { weight: 1, arbitrary: fc.constantFrom("", "# c", "# it's", '# X="a', " ", "A", ";", "'A'=1") },
)

/** Texts that look like a `.env`, many of them with a fault. */
export const dotenvText = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 4 }), fc.constantFrom("\n", "\n", "\r\n"))
  .map(([lines, end]) => `${lines.join(end)}${end}`)
