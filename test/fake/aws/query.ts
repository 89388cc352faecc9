import { Fault } from "./fault.ts"

/** The Action of a Query request, or an empty text. */
export function readAction(body: Uint8Array): string {
  return new URLSearchParams(Buffer.from(body).toString()).get("Action") ?? ""
}

/** The Version of a Query request, which tells its service, or an empty text. */
export function readVersion(body: Uint8Array): string {
  return new URLSearchParams(Buffer.from(body).toString()).get("Version") ?? ""
}

/** The parameters of a Query request without Action and Version. @throws Fault for one that is there twice. */
export function parameters(body: Uint8Array): Map<string, string> {
  const text = Buffer.from(body).toString()
  const found = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(text)) {
    if (found.has(name)) throw validation(`Duplicate parameter ${name}`)
    found.set(name, value)
  }
  found.delete("Action")
  found.delete("Version")
  return found
}

/** Takes a parameter out of those that are given. @throws ValidationError when it is missing or has another form. */
export function take(given: Map<string, string>, name: string, pattern: RegExp): string {
  const value = given.get(name)
  if (value === undefined) {
    const member = `${name[0]?.toLowerCase()}${name.slice(1)}`
    throw validation(
      `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
    )
  }
  if (!pattern.test(value))
    throw validation(name === "RoleArn" ? "Request ARN is invalid" : `${name} is invalid`)
  given.delete(name)
  return value
}

/** @throws ValidationError for a parameter that was not taken. */
export function refuseRest(given: ReadonlyMap<string, string>): void {
  const [name] = given.keys()
  if (name !== undefined) throw validation(`this fake does not know the parameter ${name}`)
}

/** An Action that a version of a service has not. */
export function invalidAction(action: string, version: string): Fault {
  return new Fault("InvalidAction", `Could not find operation ${action} for version ${version}`)
}

function validation(message: string): Fault {
  return new Fault("ValidationError", message)
}
