import type { EnvironmentVariable } from "./build-record.ts"
import { Fault } from "./fault.ts"
import { readObject } from "./members.ts"

/** An EnvironmentVariable of a request. @throws InvalidInputException */
export function readVariable(object: object): EnvironmentVariable {
  const {
    name,
    value,
    type = "PLAINTEXT",
  } = readObject(object, { name: "text", value: "text", type: "text" })
  if (name === undefined || name === "" || value === undefined) {
    throw invalidInput("Environment variable name and value are required")
  }
  if (name.startsWith("CODEBUILD_")) throw invalidInput(`Environment variable name is reserved: ${name}`)
  if (!["PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER"].includes(type)) {
    throw invalidInput(`Invalid environment variable type: ${type}`)
  }
  return { name, value, type }
}

/** What CodeBuild says of a request that it does not take. */
export function invalidInput(message: string): Fault {
  return new Fault("InvalidInputException", message)
}
