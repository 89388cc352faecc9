import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "../../fake/aws/client.ts"
import { builtDigest } from "../../fake/aws/deploy-world.ts"
import { reviewToken } from "../../fake/aws/eks-token.ts"
import { environmentFor } from "../../fake/aws/environment.ts"
import { account } from "../../fake/aws/world.ts"
import { secretArn, world } from "./setting.ts"

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws(world)
})
afterAll(() => aws.stop())

const bun = join(import.meta.dirname, "../../../node_modules/.bin/bun")

test.each([
  ["Node", process.execPath],
  ["Bun", bun],
])("in %s every adapter is answered, and the cluster accepts the token", async (_, executable) => {
  const env = environmentFor(aws, { via: "static", role: "deployer", folder: "/nonexistent" })
  const probe = join(import.meta.dirname, "probe.ts")
  const { stdout, stderr } = await promisify(execFile)(executable, [probe], { env })
  const { token, ...answers } = JSON.parse(stdout)
  expect(stderr).toBe("")
  expect(answers).toMatchObject({
    caller: { account, arn: `arn:aws:sts::${account}:assumed-role/deployer/static` },
    project: { name: "shop", batch: false },
    build: {
      status: "SUCCEEDED",
      complete: true,
      exported: { ENVSEAL_IMAGE: expect.stringContaining("@sha256:") },
    },
    page: 3,
    image: builtDigest,
    version: { arn: secretArn, versionId: "00000000-0000-4000-8000-000000000002" },
    cluster: "https://127.0.0.1:6443",
  })
  const stsHost = new URL(aws.url).host
  expect(reviewToken(token, { cluster: "shop", world, now: Date.now(), stsHost })).toHaveProperty("user")
})
