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
