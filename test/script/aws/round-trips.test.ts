import { afterAll, beforeAll, expect, test } from "vitest"
import { withRole } from "../../fake/aws/world.ts"
import { CountingRelay } from "../../fake/relay.ts"
import { dotenv, openArgs, type Production, sealProduction, startProduction } from "./production.ts"

let production: Production
beforeAll(async () => {
  production = await startProduction((before) => ({
    ...before,
    ...withRole(before, "pod", { mechanisms: ["static", "web-identity", "pod-identity", "container"] }),
  }))
  await sealProduction(production)
})
afterAll(() => production.aws.stop())

test.each([
  ["static", ["Decrypt"]],
  ["container", ["GetContainerCredentials", "Decrypt"]],
  ["pod-identity", ["GetCredentials", "Decrypt"]],
  ["web-identity", ["AssumeRoleWithWebIdentity", "Decrypt"]],
] as const)(
  "open with KMS and %s credentials makes no round trip but %s, and no connection more",
  async (via, calls) => {
    const { aws, box, as } = production
    await aws.clearRequests()
    await using relay = await CountingRelay.start(aws.url)
    const env = Object.fromEntries(
      Object.entries(as("pod", via)).map(([name, value]) => [name, value.replaceAll(aws.url, relay.url)]),
    )
    expect(await box.envseal([...openArgs], { env })).toMatchObject({ status: 0, stdout: dotenv })
    expect((await aws.requests()).map(({ operation }) => operation)).toEqual(calls)
    expect(relay.roundTrips).toBe(calls.length)
    // Here all services have one address, which Bun does not connect to twice.
    expect(relay.connections).toBeLessThanOrEqual(calls.length)
  },
)
