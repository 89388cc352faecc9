import { encodeUtf8 } from "../../src/core/text.ts"
import type { Ports } from "../../src/ports/envelope-ports.ts"
import type { KeyService } from "../../src/ports/keys.ts"
import type { SecretStore } from "../../src/ports/secrets.ts"
import { FakeFiles } from "./files.ts"

export interface FakeWorld {
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  readonly stdin?: string | Uint8Array
  readonly environment?: Readonly<Record<string, string>>
  /** Variables that are not UTF-8, by the bytes they have. */
  readonly rawVariables?: Readonly<Record<string, Uint8Array>>
  readonly now?: string
  readonly keyService?: KeyService
  readonly secretStore?: SecretStore
}

/** A world in memory, and what was said and touched in it. */
export interface FakePorts extends Ports {
  readonly files: FakeFiles
  readonly warnings: readonly string[]
  readonly debugs: readonly string[]
}

export function fakePorts(world: FakeWorld = {}): FakePorts {
  const warnings: string[] = []
  const debugs: string[] = []
  return {
    files: new FakeFiles(world.files, world.stdin),
    log: { warn: (text) => warnings.push(text), debug: (text) => debugs.push(text) },
    clock: { now: () => new Date(world.now ?? "2026-01-02T03:04:05.678Z") },
    environment: world.environment ?? {},
    variable: (name) => {
      const text = world.environment?.[name]
      return world.rawVariables?.[name] ?? (text === undefined ? null : encodeUtf8(text))
    },
    keyService: world.keyService ?? null,
    secretStore: world.secretStore ?? null,
    warnings,
    debugs,
  }
}
