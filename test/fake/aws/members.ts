import { Fault } from "./fault.ts"

type Value<T> = T extends "text"
  ? string
  : T extends "bytes"
    ? Buffer
    : T extends "number"
      ? number
      : T extends "flag"
        ? boolean
        : T extends "texts"
          ? readonly string[]
          : T extends "objects"
            ? readonly object[]
            : T extends "object"
              ? object
              : Readonly<Record<string, string>>

/**
 * The types of a request's members. `unsupported` is one that the real service has and this fake has not; what is in
 * `object` and `objects` is for {@link readObject}.
 */
export type MemberTypes = Readonly<
  Record<
    string,
    "text" | "bytes" | "number" | "flag" | "texts" | "object" | "objects" | "pairs" | "unsupported"
  >
>

export type Members<T extends MemberTypes> = {
  readonly [Name in keyof T]?: T[Name] extends "unsupported" ? never : Value<T[Name]>
}

/** @throws Fault for a body that is no JSON object, or has a member of another name or type. */
export function readMembers<T extends MemberTypes>(body: Uint8Array, types: T): Members<T> {
  return readObject(parseObject(body), types)
}

/** @throws Fault for a structure within a request that has a member of another name or type. */
export function readObject<T extends MemberTypes>(object: object, types: T): Members<T> {
  const members: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(object)) {
    const type = Object.hasOwn(types, name) ? types[name] : undefined
    if (type === undefined) throw new Fault("SerializationException", `Unexpected member ${name}`)
    if (type === "unsupported") throw new Fault("ValidationException", `this fake does not know ${name}`)
    members[name] = convert(name, value, type)
  }
  return members as Members<T>
}

/** @throws Fault in AWS's words for a member that is missing or outside its bounds. */
export function checkLength(
  name: string,
  value: string | Uint8Array | undefined,
  min: number,
  max: number,
): void {
  if (value === undefined) throw constraint(`Value null at '${name}'`, "Member must not be null")
  if (value.length < min) {
    throw constraint(`Value at '${name}'`, `Member must have length greater than or equal to ${min}`)
  }
  if (value.length > max) {
    throw constraint(`Value at '${name}'`, `Member must have length less than or equal to ${max}`)
  }
}

/** ValidationException in AWS's grammar. */
export function constraint(subject: string, rule: string): Fault {
  return new Fault(
    "ValidationException",
    `1 validation error detected: ${subject} failed to satisfy constraint: ${rule}`,
  )
}

function parseObject(body: Uint8Array): object {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body))
  } catch {
    throw new Fault("SerializationException", "Could not parse request body into json")
  }
  if (!isObject(value)) throw new Fault("SerializationException", "Start of structure or map expected")
  return value
}

function convert(name: string, value: unknown, type: MemberTypes[string]): unknown {
  if (type === "text" && typeof value === "string") return value
  if (type === "number" && Number.isInteger(value)) return value
  if (type === "flag" && typeof value === "boolean") return value
  if (type === "texts" && Array.isArray(value) && value.every((one) => typeof one === "string")) return value
  if (type === "object" && isObject(value)) return value
  if (type === "objects" && Array.isArray(value) && value.every(isObject)) return value
  if (type === "pairs" && isPairs(value)) return value
  if (type === "bytes" && typeof value === "string") {
    const bytes = Buffer.from(value, "base64")
    if (bytes.toString("base64") === value) return bytes
  }
  throw new Fault("SerializationException", `${name} can not be converted to the type that it has to have`)
}

function isPairs(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((one) => typeof one === "string")
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
