/** How programs write a value, each by its own rules and none by the code under test. */
export interface Encoder {
  readonly name: string
  /** @param turn counts up, so that widths, places and variants take turns. */
  readonly write: (value: string, turn: number) => string | Uint8Array
}

const widths = [64, 76, 4, 19, 60, 1, 33, 48]
const ends = ["\n", "\r\n", "\n    ", "\r\n\t", "\n  ", "\r"]
const hexOf = (text: string) => Buffer.from(text).toString("hex")
const within = (value: string, turn: number) => `${"p".repeat(turn % 50)}${value}${"q".repeat(turn % 7)}`
const points = (value: string) => [...value].map((c) => c.codePointAt(0) ?? 0)
const upperIf = (turn: number, text: string) => (turn % 2 === 0 ? text : text.toUpperCase())

/** Into lines of a width, with line ends and blanks that take turns. */
function wrapped(text: string, turn: number): string {
  const width = widths[turn % widths.length] ?? 64
  const end = ends[Math.floor(turn / 3) % ends.length] ?? "\n"
  return `head:\n  ${text.replace(new RegExp(`.{${width}}`, "g"), `$&${end}`)}\n`
}

/** Those characters as they are of which the rule says so, the others escaped. */
function escaped(
  value: string,
  keep: (c: string, at: number) => boolean,
  write: (c: string) => string,
): string {
  return [...value].map((c, at) => (keep(c, at) ? c : write(c))).join("")
}

const unit = (c: string) =>
  Array.from({ length: c.length }, (_, at) => `\\u${c.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")
const percent = (c: string, turn: number) =>
  [...Buffer.from(c)].map((byte) => `%${upperIf(turn, byte.toString(16).padStart(2, "0"))}`).join("")
const isWord = (c: string) => /\w/.test(c)
const unescapedJson = (c: string) => c >= " " && c !== '"' && c !== "\\"

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "/": "&sol;",
  "+": "&plus;",
  "=": "&equals;",
  "!": "&excl;",
  $: "&dollar;",
  ":": "&colon;",
  ü: "&uuml;",
  "@": "&commat;",
}

const yamlLetters: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\" }
const yamlEscape = (c: string) => {
  const point = c.codePointAt(0) ?? 0
  const [letter, digits] = point < 256 ? ["x", 2] : point < 65_536 ? ["u", 4] : ["U", 8]
  return yamlLetters[c] ?? `\\${letter}${point.toString(16).padStart(Number(digits), "0")}`
}
const cLetters: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "'": "\\'", "\\": "\\\\" }
const octal = (c: string) =>
  cLetters[c] ?? [...Buffer.from(c)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("")

export const encoders: readonly Encoder[] = [
  { name: "as it is", write: within },
  { name: "base64", write: (value, turn) => Buffer.from(within(value, turn)).toString("base64") },
  {
    name: "base64, in lines",
    write: (value, turn) => wrapped(Buffer.from(within(value, turn)).toString("base64"), turn),
  },
  {
    name: "base64url, in lines",
    write: (value, turn) => wrapped(Buffer.from(within(value, turn)).toString("base64url"), turn),
  },
  {
    name: "base64, in lines within JSON",
    write: (value, turn) =>
      JSON.stringify(wrapped(Buffer.from(within(value, turn)).toString("base64"), turn)),
  },
  { name: "hex", write: (value, turn) => upperIf(turn, hexOf(within(value, turn))) },
  { name: "hex, in lines", write: (value, turn) => wrapped(upperIf(turn, hexOf(within(value, turn))), turn) },
  { name: "UTF-16LE", write: (value) => Buffer.from(value, "utf16le") },
  { name: "UTF-16BE", write: (value) => Buffer.from(value, "utf16le").swap16() },
  { name: "JSON", write: (value) => JSON.stringify({ value }) },
  {
    name: "JSON, all characters as \\u0041",
    write: (value, turn) =>
      `{"v":"${escaped(
        value,
        () => false,
        (c) => unit(c).replace(/[0-9a-f]{4}/g, (digits) => upperIf(turn, digits)),
      )}"}`,
  },
  {
    name: "JSON, some characters as \\u0041",
    write: (value, turn) =>
      `{"v":"${escaped(value, (c, at) => unescapedJson(c) && (at + turn) % 3 > 0, unit)}"}`,
  },
  {
    name: ".env, double quotes",
    write: (value) =>
      `A="${value
        .replace(/["\\$]/g, "\\$&")
        .replaceAll("\n", "\\n")
        .replaceAll("\t", "\\t")}"`,
  },
  {
    name: "percent-encoded, what must be",
    write: (value, turn) =>
      escaped(
        value,
        (c) => /[\w.~-]/.test(c),
        (c) => percent(c, turn),
      ),
  },
  {
    name: "percent-encoded, all",
    write: (value, turn) =>
      escaped(
        value,
        () => false,
        (c) => percent(c, turn),
      ),
  },
  {
    name: "percent-encoded, some",
    write: (value, turn) =>
      escaped(
        value,
        (c, at) => c !== "%" && c < "\x7f" && (at + turn) % 4 > 0,
        (c) => percent(c, turn),
      ),
  },
  {
    name: "form, + for a blank",
    write: (value, turn) =>
      escaped(
        value,
        (c) => isWord(c),
        (c) => (c === " " ? "+" : percent(c, turn)),
      ),
  },
  {
    name: "HTML, by name",
    write: (value) =>
      escaped(
        value,
        (c) => entities[c] === undefined,
        (c) => entities[c] ?? c,
      ),
  },
  {
    name: "HTML, decimal, padded",
    write: (value, turn) =>
      escaped(
        value,
        (c, at) => isWord(c) && (at + turn) % 3 > 0,
        (c) => `&#${"0".repeat(turn % 6)}${c.codePointAt(0)};`,
      ),
  },
  {
    name: "HTML, hexadecimal",
    write: (value, turn) =>
      points(value)
        .map((point) => `&#${turn % 2 ? "x" : "X"}${upperIf(turn, point.toString(16))};`)
        .join(""),
  },
  { name: "SQL, doubled quotes", write: (value) => `VALUES ('${value.replaceAll("'", "''")}')` },
  {
    name: "SQL, backslashes",
    write: (value) => `VALUES ('${value.replace(/['"\\]/g, "\\$&").replaceAll("\n", "\\n")}')`,
  },
  {
    name: "shell, single quotes",
    write: (value, turn) => `A='${value.replaceAll("'", turn % 2 ? "'\\''" : `'"'"'`)}'`,
  },
  { name: "shell, double quotes", write: (value) => `A="${value.replace(/["\\$`]/g, "\\$&")}"` },
  {
    name: "shell, backslashes",
    write: (value) =>
      `A=${escaped(
        value,
        (c) => isWord(c) || c > "\x7f" || c === "\n",
        (c) => `\\${c}`,
      )}`,
  },
  {
    name: "shell, $'…'",
    write: (value) =>
      `A=$'${escaped(value, (c) => c >= " " && c < "\x7f" && c !== "'" && c !== "\\", octal)}'`,
  },
  { name: "YAML, single quotes", write: (value) => `a: '${value.replaceAll("'", "''")}'` },
  {
    name: "YAML, double quotes",
    write: (value) =>
      `a: "${escaped(value, (c) => c >= " " && c < "\x7f" && c !== '"' && c !== "\\", yamlEscape)}"`,
  },
  { name: "PHP, var_export", write: (value) => `'a' => '${value.replace(/['\\]/g, "\\$&")}',` },
]
