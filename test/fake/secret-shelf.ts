import { environmentOf, parseConfig } from "../../src/config/load.ts"
import { EnvsealError } from "../../src/core/error.ts"
import { encodeUtf8 } from "../../src/core/text.ts"
import type { LabelMove, NewVersion, SecretReference, VersionRecord } from "../../src/ports/secrets.ts"
import type { EditorPorts } from "../../src/secret/run/ports.ts"
import { type ChosenSecret, targetOf } from "../../src/secret/run/target.ts"
import { addVersion, moveLabel, pickVersion } from "./aws/secret-version.ts"
import type { Secret as FakeSecret } from "./aws/world.ts"
import { type FakeWorld, fakePorts } from "./ports.ts"

export const shelfId = "shop/production"
export const shelfSettings = `version: 1
app: shop
environments:
  production:
    account: "111122223333"
    region: eu-west-1
    secret: ${shelfId}
`

/** One secret in memory, whose labels move by the rules of the fake of AWS. */
export class SecretShelf {
  secret: FakeSecret
  /** Set to be called before and after each call that changes something. */
  interfere: (what: string) => Promise<void> = async () => {}
  #made = 0
  #calls = 0

  /** @param text `null` for a secret without a value. */
  constructor(text: string | null) {
    const arn = `arn:aws:secretsmanager:eu-west-1:111122223333:secret:${shelfId}-AbCdEf`
    this.secret = { name: shelfId, arn, versions: [] }
    if (text !== null) this.overwrite(text)
  }

  /** As a console does it: the new version is current, whoever was. */
  overwrite(text: string, stages: readonly string[] = ["AWSCURRENT"]): string {
    const id = `00000000-0000-4000-8000-${String(++this.#made).padStart(12, "0")}`
    this.secret = addVersion(this.secret, { id, stages: [], string: text, createdAt: this.#time() }, stages)
    return id
  }

  get versions(): readonly VersionRecord[] {
    return this.secret.versions.map(({ id, stages, createdAt = null }) => ({
      versionId: id,
      labels: stages,
      createdAt,
    }))
  }

  /** The text that has the label, or the id. */
  text(version = "AWSCURRENT"): string {
    const found = this.secret.versions.find(({ id, stages }) => id === version || stages.includes(version))
    return found?.string ?? ""
  }

  /** What one person has of it. */
  ports(world: FakeWorld = {}): EditorPorts & { readonly warnings: readonly string[] } {
    const read = async ({ version }: SecretReference) => {
      await this.interfere("read")
      const id = version !== null && "versionId" in version ? version.versionId : undefined
      const stage = version !== null && "stage" in version ? version.stage : undefined
      const found = this.#known(() => pickVersion(this.secret, id, stage))
      return { bytes: encodeUtf8(found.string ?? ""), arn: this.secret.arn, versionId: found.id }
    }
    const secretStore = { read, currentVersion: () => Promise.reject(new Error("not asked for")) }
    const { warnings, ...sealing } = fakePorts(world)
    return {
      sealing: { ...sealing, secretStore },
      warnings,
      inspector: {
        describe: async () => {
          await this.interfere("describe")
          const versions = Object.fromEntries(this.secret.versions.map(({ id, stages }) => [id, stages]))
          return { arn: this.secret.arn, deleted: false, versions }
        },
      },
      writer: {
        versions: async () => {
          await this.interfere("versions")
          return this.versions
        },
        put: (_, version) => this.#put(version),
        move: (_, move) => this.#move(move),
      },
      account: {
        whoAmI: async () => ({ account: "111122223333", arn: "arn:aws:iam::111122223333:user/anna" }),
      },
      random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    }
  }

  async target(settings = shelfSettings, wanted: string | null = null): Promise<ChosenSecret> {
    const environment = environmentOf(parseConfig(settings, "envseal.yaml"), "production")
    return targetOf(environment, wanted, this.ports())
  }

  async #put({ versionId, label, text }: NewVersion): Promise<readonly string[]> {
    await this.interfere("put")
    const version = { id: versionId, stages: [], string: text.reveal(), createdAt: this.#time() }
    this.secret = addVersion(this.secret, version, [label])
    const { stages } = pickVersion(this.secret, versionId, undefined)
    await this.interfere("was put")
    return stages
  }

  async #move({ label, from, to }: LabelMove): Promise<boolean> {
    await this.interfere("move")
    const holder = this.secret.versions.find(({ stages }) => stages.includes(label))
    if (from !== null && holder?.id !== from) return false
    if (from === null && holder !== undefined && holder.id !== to) return false
    this.secret = { ...this.secret, versions: moveLabel(this.secret.versions, label, to) }
    await this.interfere("was moved")
    return true
  }

  #known<T>(pick: () => T): T {
    try {
      return pick()
    } catch {
      throw new EnvsealError("SOURCE_MISSING", `the secret ${shelfId} has no such version or stage`)
    }
  }

  #time(): string {
    return new Date(Date.parse("2026-01-01T00:00:00Z") + 1000 * this.#calls++).toISOString()
  }
}
