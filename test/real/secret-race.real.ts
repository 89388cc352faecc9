import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager"
import { afterAll, beforeAll, expect, test } from "vitest"
import { AwsAccountService } from "../../src/adapters/aws/account.ts"
import { Credentials } from "../../src/adapters/aws/credentials.ts"
import { AwsSecretInspector } from "../../src/adapters/aws/secret-inspector.ts"
import { AwsSecretStore } from "../../src/adapters/aws/secret-store.ts"
import { AwsSecretWriter } from "../../src/adapters/aws/secret-writer.ts"
import { EnvsealError } from "../../src/core/error.ts"
import { Secret } from "../../src/core/secret.ts"
import { isOwnLabel, roleOf } from "../../src/secret/core/label.ts"
import { readCurrent, valuesOf } from "../../src/secret/run/held-version.ts"
import type { EditorPorts } from "../../src/secret/run/ports.ts"
import { prepareChange } from "../../src/secret/run/prepare-change.ts"
import { storeVersion, sweep } from "../../src/secret/run/store-version.ts"
import { clientsOf } from "../contract/aws.ts"
import { fakePorts } from "../fake/ports.ts"
import { SecretShelf, shelfId } from "../fake/secret-shelf.ts"
import { type Moto, startMoto } from "./moto.ts"

let moto: Moto
beforeAll(async () => {
  moto = await startMoto()
})
afterAll(() => moto.stop())

/** What one person has of the secret, over HTTP. */
function person(): EditorPorts {
  const environment = {
    ...{ AWS_ENDPOINT_URL: moto.url, AWS_REGION: "eu-west-1" },
    ...{ AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing" },
  }
  // The SDK itself looks at the process for the endpoint.
  process.env["AWS_ENDPOINT_URL"] = moto.url
  const settings = {
    ...{ environment, profile: null, givenProfile: null, region: "eu-west-1", allowInstanceRole: false },
    remainingMs: () => 30_000,
    activity: { begin: () => undefined, failed: () => undefined },
    log: { warn: () => {}, debug: () => {} },
  }
  const credentials = new Credentials(settings)
  return {
    sealing: {
      ...fakePorts({ now: new Date().toISOString() }),
      secretStore: new AwsSecretStore(settings, credentials),
    },
    inspector: new AwsSecretInspector(settings, credentials),
    writer: new AwsSecretWriter(settings, credentials),
    account: new AwsAccountService(settings, credentials),
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  }
}

/** One change by one person, from what is read now. @returns whether it became current. */
async function edit(name: string, value: string): Promise<boolean> {
  const ports = person()
  const target = await new SecretShelf(null).target()
  const base = await readCurrent(shelfId, ports)
  const entry = { name, kind: "string", value: new Secret(value) } as const
  const change = await prepareChange(
    { target, base, changes: [{ type: "set", entry }], nested: "refuse" },
    ports,
  )
  try {
    await storeVersion(change, ports)
    return true
  } catch (error) {
    if (!(error instanceof EnvsealError) || error.code !== "SECRET_CHANGED") throw error
    return false
  }
}

const rounds = 20

test("two people at once over moto lose no update, and whoever is overtaken keeps a draft", async () => {
  const { secrets } = clientsOf(moto.url, { accessKeyId: "testing", secretAccessKey: "testing" })
  await secrets.send(new CreateSecretCommand({ Name: shelfId, SecretString: '{"START":"1"}' }))
  const expected: Record<string, string> = { START: "1" }
  let overtaken = 0
  for (let round = 0; round < rounds; round++) {
    const names = [`ONE_${round}`, `TWO_${round}`]
    const ended = await Promise.all(names.map((name) => edit(name, String(round))))
    for (const [at, name] of names.entries()) if (ended[at]) expected[name] = String(round)
    expect(ended).toContain(true)
    const ports = person()
    const current = await readCurrent(shelfId, ports)
    const values =
      current === null ? [] : [...valuesOf(current)].map(([name, value]) => [name, value.reveal()])
    expect(Object.fromEntries(values)).toEqual(expected)
    const versions = await ports.writer.versions(shelfId)
    const drafts = versions.filter((version) => roleOf(version) === "draft")
    expect(drafts).toHaveLength(ended.filter((won) => !won).length)
    overtaken += drafts.length
    await sweep(shelfId, versions, ports, { all: true })
    const left = (await ports.writer.versions(shelfId)).flatMap(({ labels }) => labels.filter(isOwnLabel))
    expect(left.length).toBeLessThanOrEqual(2)
  }
  expect(overtaken).toBeGreaterThan(0)
})
