import { readdirSync, readFileSync } from "node:fs"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { FailureRule } from "../../fake/aws/client.ts"
import { pushImage } from "../../fake/aws/pushed-image.ts"
import { appImage, newSecret, pulled, resealArgs, restock, type Stage, startStage } from "./stage.ts"

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.aws.stop())

/** What of a URL lets whoever has it in, and what looks like a credential. Digests of images may be told. */
const shapes = [
  /X-Amz-\w[\w-]*(?:=|%3D)/,
  /starport-layers/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{8,}/,
  /(?<!sha256[:/])\b[0-9a-f]{64}\b/,
  /\bey[A-Za-z0-9_-]{20,}\./,
]

const url = "http://127.0.0.1/starport-layers/x?X-Amz-Signature=0123&X-Amz-Security-Token=4567"
const careless = {
  status: 400,
  code: "InvalidParameterException",
  message: `see ${newSecret.DB_PASSWORD} at once`,
}
const kinds: readonly FailureRule["with"][] = [
  ...(["echo", "throttle", "unavailable", "reset", "garbage"] as const),
  { status: 403, code: "AccessDenied", message: url },
  { status: 500, code: "InternalError", message: url },
]
const rules: readonly (readonly [string, FailureRule | null])[] = [
  ["nothing fails", null],
  ["ECR refuses", { service: "ecr", operation: "PutImage", with: { ...careless, message: "no" } }],
  ...(["s3", "ecr"] as const).flatMap((service) =>
    kinds
      .filter((kind) => service === "s3" || typeof kind === "string")
      .map((kind) => [`${service}: ${JSON.stringify(kind)}`, { service, with: kind }] as const),
  ),
]

test.each(rules)("no value, URL or credential is on any sink when %s", async (_, rule) => {
  const push = pushImage(appImage(stage.old))
  await restock(stage, [push])
  if (rule !== null) await stage.aws.fail(rule)
  for (const more of [["--debug"], ["--debug", "--json"]]) {
    const env = stage.as("build")
    const args = [...resealArgs(push.digest), "--timeout", "3s", ...more]
    const { stdout, stderr } = await stage.box.envseal(args, { env })
    const texts = [stdout, stderr, ...files()]
    const values = Object.values(newSecret).filter((value) => texts.some((text) => text.includes(value)))
    expect({ values, bug: stderr.includes("[BUG]") }).toEqual({ values: [], bug: false })
    for (const text of [stdout, stderr]) {
      expect(shapes.filter((shape) => shape.test(text)).map(String)).toEqual([])
    }
  }
})

test("no value is in what was put into the registry, nor in what was asked of AWS", async () => {
  const push = pushImage(appImage(stage.old))
  await restock(stage, [push])
  const { status } = await stage.box.envseal(resealArgs(push.digest), { env: stage.as("build") })
  expect(status).toBe(0)
  const { manifest, config, sealed } = (await pulled(stage, "build-2")) ?? {}
  const put = [manifest, config].map((part) => JSON.stringify(part))
  const asked = JSON.stringify(await stage.aws.requests())
  for (const text of [...put, Buffer.from(sealed?.content ?? []).toString(), asked])
    for (const value of Object.values(newSecret)) expect(text).not.toContain(value)
})

/** All that the folder has, where nothing is left by a reseal. */
function files(): string[] {
  const names = readdirSync(stage.box.folder, { recursive: true, withFileTypes: true })
  return names.flatMap((one) =>
    one.isFile() ? [readFileSync(`${one.parentPath}/${one.name}`, "latin1")] : [],
  )
}
