import { nodeFiles } from "../../adapters/node/files.ts"
import { givenVariable } from "../../adapters/node/given.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import type { KeyService } from "../../ports/keys.ts"
import type { Log } from "../../ports/log.ts"
import type { SecretStore } from "../../ports/secrets.ts"
import type { Deadline } from "../deadline.ts"
import { type AwsPlace, awsSettings } from "./aws.ts"

export interface Wiring {
  readonly log: Log
  readonly deadline: Deadline
  readonly allowInstanceRole: boolean
  /** Where AWS is asked; `null` for a command without an environment. */
  readonly place: AwsPlace | null
}

/** The real world for a use case. Adapters of AWS are loaded here, when they are first needed. */
export function makePorts(wiring: Wiring): Ports {
  const environment = process.env
  return {
    files: nodeFiles,
    log: wiring.log,
    clock: { now: () => new Date() },
    environment,
    variable: givenVariable,
    ...awsPorts(wiring),
  }
}

/** KMS and Secrets Manager, each loaded by its first call, with one set of credentials between them. */
function awsPorts({ log, deadline, allowInstanceRole, place }: Wiring): {
  keyService: KeyService
  secretStore: SecretStore
} {
  const { activity } = deadline
  const remainingMs = () => deadline.remainingMs()
  const settings = awsSettings(place, { log, activity, remainingMs, allowInstanceRole })
  const credentials = once(async () => {
    const { Credentials } = await import("../../adapters/aws/credentials.ts")
    return new Credentials(settings)
  })
  const keyService = once(async () => {
    const { AwsKeyService } = await import("../../adapters/aws/key-service.ts")
    return new AwsKeyService(settings, await credentials())
  })
  const secretStore = once(async () => {
    const { AwsSecretStore } = await import("../../adapters/aws/secret-store.ts")
    return new AwsSecretStore(settings, await credentials())
  })
  return {
    keyService: {
      wrap: async (...args) => (await keyService()).wrap(...args),
      unwrap: async (...args) => (await keyService()).unwrap(...args),
    },
    secretStore: {
      read: async (reference) => (await secretStore()).read(reference),
      currentVersion: async (...args) => (await secretStore()).currentVersion(...args),
    },
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => {
    made ??= make()
    return made
  }
}
