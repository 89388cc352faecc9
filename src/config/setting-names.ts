import { z } from "zod"
import { closest } from "../core/closest.ts"

/** A setting of a schema: its path, with `*` for any name or index, and what it is for. */
export interface KnownSetting {
  readonly path: readonly string[]
  readonly description: string
}

/** Every setting of a schema, those that have others below them included, in its order. */
export function knownSettings(schema: unknown, path: readonly string[] = []): KnownSetting[] {
  const own = path.length === 0 ? [] : [{ path, description: descriptionOf(schema) }]
  return [...own, ...below(schema, path)]
}

function below(schema: unknown, path: readonly string[]): KnownSetting[] {
  if (schema instanceof z.ZodOptional) return below(schema.unwrap(), path)
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).flatMap(([name, inner]) => knownSettings(inner, [...path, name]))
  }
  if (schema instanceof z.ZodUnion) {
    return schema.options.flatMap((option: unknown) => below(option, path))
  }
  if (schema instanceof z.ZodRecord) return below(schema.valueType, [...path, "*"])
  return schema instanceof z.ZodArray ? below(schema.element, [...path, "*"]) : []
}

function descriptionOf(schema: unknown): string {
  if (schema instanceof z.ZodOptional) return descriptionOf(schema.unwrap())
  return (schema instanceof z.ZodType ? schema.description : undefined) ?? ""
}

/**
 * What to write for a name that is no setting.
 *
 * @param path of the mapping that it stands in.
 */
export function adviceFor(
  name: string,
  path: readonly string[],
  settings: readonly Pick<KnownSetting, "path">[],
): string {
  if (name === "<<") return "write what environments share under defaults"
  const here = settings
    .filter((known) => isJustBelow(known.path, path))
    .map((known) => known.path.at(-1) ?? "")
  const [similar] = closest(name, here)
  if (similar !== undefined) return `did you mean ${similar}?`
  const elsewhere = settings.find((known) => known.path.at(-1) === name && known.path[0] !== "defaults")
  if (elsewhere !== undefined) {
    const parent = elsewhere.path.slice(0, -1)
    return parent.length === 0 ? "it belongs at the top of the file" : `it belongs under ${written(parent)}`
  }
  return `here can be ${here.join(", ")}`
}

function isJustBelow(known: readonly string[], path: readonly string[]): boolean {
  return known.length === path.length + 1 && path.every((step, at) => known[at] === "*" || known[at] === step)
}

/** `environments.NAME.build`, for people. */
function written(path: readonly string[]): string {
  return path.map((step) => (step === "*" ? "NAME" : step)).join(".")
}
