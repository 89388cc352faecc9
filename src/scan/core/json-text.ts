/** More of them than any image's JSON has: so many values may it hold, and so deeply may they be nested. */
const maxValues = 200_000
const maxDepth = 100

/**
 * Reads JSON that describes an image. Memory and time are bounded whatever the text is.
 *
 * @returns `undefined` for what is no JSON, and for JSON of more or deeper values than an image's has.
 */
export function readJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text) || !isModest(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Counts what separates and nests values, outside of strings. */
function isModest(text: string): boolean {
  let depth = 0
  let values = 0
  for (let at = 0; at < text.length; at++) {
    const c = text[at]
    if (c === '"') at = endOfString(text, at)
    else if (c === "[" || c === "{") depth++
    else if (c === "]" || c === "}") depth--
    else if (c === ",") values++
    if (depth > maxDepth || values > maxValues) return false
  }
  return true
}

/** The place of the quote that ends the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1
  return at
}

/** A text in JSON, and where it stands, such as `config.Env[3]`. */
export interface JsonText {
  readonly field: string
  readonly text: string
}

/** A deeper place is named by the place that it is below. */
const maxField = 200

/** Every string of a JSON value, decoded; names of members too. */
export function* jsonTexts(json: unknown): Generator<JsonText> {
  const rest: { field: string; value: unknown }[] = [{ field: "", value: json }]
  for (let one = rest.pop(); one !== undefined; one = rest.pop()) {
    const { field, value } = one
    if (typeof value === "string") yield { field, text: value }
    if (typeof value !== "object" || value === null) continue
    for (const [name, member] of Object.entries(value)) {
      const own = below(field, Array.isArray(value) ? `[${name}]` : `.${name}`)
      if (!Array.isArray(value)) yield { field: own, text: name }
      rest.push({ field: own, value: member })
    }
  }
}

function below(field: string, step: string): string {
  if (field.length > maxField) return field
  return field === "" ? step.replace(/^\./, "") : field + step
}
