/** How a tool names its own resource where an ARN would stand: by the ARN. */
export type References<T> = ReadonlyMap<string, T>

/** The same data with what the tool makes in the place of its ARN. Objects of a class are left as they are. */
export function withReferences<T>(value: unknown, references: References<T>): unknown {
  if (typeof value === "string") return references.get(value) ?? value
  if (Array.isArray(value)) return value.map((item: unknown) => withReferences(item, references))
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return value
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withReferences(inner, references)]),
  )
}
