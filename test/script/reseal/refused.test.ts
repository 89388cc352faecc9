import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { FailureRule } from "../../fake/aws/client.ts"
import type { PolicyDocument } from "../../fake/aws/policy.ts"
import { digest, type Push, type PushedImage, pushImage, pushIndex } from "../../fake/aws/pushed-image.ts"
import { defaultWorld, withSecret } from "../../fake/aws/world.ts"
import { recipient, seconds } from "../harness.ts"
import {
  appImage,
  buildPolicy,
  inventory,
  newSecret,
  pulled,
  reseal,
  restock,
  type Stage,
  sealedMembers,
  shop,
  startStage,
} from "./stage.ts"

let stage: Stage
let foreign: string
beforeAll(async () => {
  stage = await startStage()
  const args = [
    "seal",
    "-q",
    "--from",
    "env:SECRET",
    "-r",
    recipient,
    "-c",
    "app=shop,environment=staging",
    "-o",
    "-",
  ]
  foreign = (await stage.box.envseal(args, { env: { SECRET: '{"A":"b"}' } })).stdout
})
afterAll(() => stage.aws.stop())

const code = { members: [{ path: "app/index.php", content: "<?php" }] }

async function expectRefused(
  push: Push,
  code: string | RegExp,
  args: readonly string[] = [],
): Promise<string> {
  const before = await inventory(stage)
  const run = await reseal(stage, push.digest, args)
  expect(run.stdout).toBe("")
  expect(run.stderr).toMatch(typeof code === "string" ? `[${code}]` : code)
  expect(run.stderr).toContain("hint: ")
  expect(run.stderr).not.toContain(newSecret.DB_PASSWORD)
  expect(await inventory(stage)).toEqual(before)
  return run.stderr
}

describe("an image is refused, and nothing is put into the registry,", () => {
  const withFile = (content: string, part: object = {}): PushedImage =>
    appImage(Buffer.alloc(0), {
      layers: [code, { members: [{ path: "app/.env.sealed", content, ...part }] }],
    })
  const cases: readonly { what: string; image: () => PushedImage; error: string }[] = [
    {
      what: "that envseal did not build",
      image: () => appImage(stage.old, { layers: [code] }),
      error: "NOT_RESEALABLE",
    },
    {
      what: "with a link in the place of the file",
      image: () => withFile("", { type: "2", link: "/run/envseal/.env" }),
      error: "NOT_RESEALABLE",
    },
    {
      what: "whose sealed file was deleted by a later layer",
      image: () => appImage(stage.old, { layers: [{ members: [{ path: "app/.wh..env.sealed" }] }] }),
      error: "NOT_RESEALABLE",
    },
    {
      what: "whose sealed file is plain",
      image: () => withFile("DB_PASSWORD=old\n"),
      error: "NOT_AN_ENVELOPE",
    },
    { what: "of another environment", image: () => withFile(foreign), error: "CONTEXT_MISMATCH" },
    {
      what: "with a value of the secret in its variables",
      image: () => appImage(stage.old, { env: [`DB_PASSWORD=${newSecret.DB_PASSWORD}`] }),
      error: "NOT_RESEALABLE",
    },
    {
      what: "with encrypted layers alone",
      image: () =>
        appImage(stage.old, {
          layers: [{ ...code, mediaType: "application/vnd.oci.image.layer.v1.tar+gzip+encrypted" }],
        }),
      error: "NOT_RESEALABLE",
    },
    {
      what: "whose last layer is no tar",
      image: () =>
        appImage(stage.old, {
          layers: [{ ...code, mediaType: "application/vnd.oci.image.layer.v1.tar", packing: "zstd" }],
        }),
      error: "NOT_RESEALABLE",
    },
  ]

  test.each(cases)("$what: $error", async ({ image, error }) => {
    const push = pushImage(image())
    await restock(stage, [push])
    await expectRefused(push, error)
  })

  test("that is an index of one that is not there, or of an index: IMAGE_UNUSABLE, IMAGE_MALFORMED", async () => {
    const push = pushImage(appImage(stage.old))
    const index = pushIndex([push])
    await restock(stage, [{ ...index, images: index.images.slice(0, 1) }])
    await expectRefused(index, "IMAGE_UNUSABLE")
    const nested = pushIndex([index])
    await restock(stage, [index, nested])
    await expectRefused(nested, "IMAGE_MALFORMED")
  })

  test("that is not there, in another repository, or elsewhere than in ECR: IMAGE_UNUSABLE", async () => {
    const push = pushImage(appImage(stage.old))
    await restock(stage, [])
    expect(await expectRefused(push, "IMAGE_UNUSABLE")).toContain(push.digest)
    for (const repository of ["docker.io/library/shop", "localhost:5000/shop"])
      await expectRefused(push, "IMAGE_UNUSABLE", ["--image", `${repository}@${push.digest}`])
  })

  test("that is no container image: IMAGE_MALFORMED", async () => {
    const chart = pushImage({ layers: [code] })
    const text = chart.images[0]?.manifest?.replace("oci.image.config", "cncf.helm.config") ?? ""
    const push = {
      ...chart,
      digest: digest(text),
      images: [{ ...chart.images[0], manifest: text, digest: digest(text) }],
    }
    await restock(stage, [push as Push])
    await expectRefused(push as Push, "IMAGE_MALFORMED")
  })

  test("whose layer is gone: IMAGE_UNUSABLE", async () => {
    const push = pushImage(appImage(stage.old))
    const { layers } = JSON.parse(push.images[0]?.manifest ?? "{}")
    await restock(stage, [
      { ...push, blobs: { ...push.blobs, [layers[1].digest]: undefined } as unknown as Push["blobs"] },
    ])
    await expectRefused(push, "IMAGE_UNUSABLE")
  })
})

test("a sealed file elsewhere is found by its path, from the root or from the working directory", async () => {
  const members = sealedMembers(stage.old).map((one) => ({ ...one, path: one.path.replace("app", "srv") }))
  const push = pushImage(appImage(stage.old, { layers: [code, { members }] }))
  await restock(stage, [push])
  await expectRefused(push, "NOT_RESEALABLE")
  expect(await reseal(stage, push.digest, ["--path", "/srv/.env.sealed"])).toMatchObject({ status: 0 })
  expect((await pulled(stage, "build-2"))?.sealed?.path).toBe("srv/.env.sealed")
  expect(await reseal(stage, push.digest, ["--path", "../srv/.env.sealed", "--tag", "b3"])).toMatchObject({
    status: 0,
  })
})

test("a secret that cannot be sealed leaves the registry as it was", async () => {
  const push = pushImage(appImage(stage.old))
  await restock(stage, [push])
  const version = {
    id: "00000000-0000-4000-8000-000000000009",
    stages: ["AWSCURRENT"],
    string: '{"PATH":"x"}',
  }
  await stage.aws.setWorld(withSecret(await stage.aws.world(), "shop/production", { versions: [version] }))
  await expectRefused(push, "SECRET_REFUSED")
})

describe("when ECR does not do what it is asked", () => {
  const answer = (code: string) => ({ status: 400, code, message: "no" })
  const cases: readonly { rule: FailureRule; error: string; told?: RegExp }[] = [
    { rule: { operation: "PutImage", with: answer("LayersNotFoundException") }, error: "IMAGE_UNUSABLE" },
    {
      rule: { operation: "GetDownloadUrlForLayer", with: answer("LayersNotFoundException") },
      error: "IMAGE_UNUSABLE",
    },
    { rule: { operation: "PutImage", with: answer("InvalidParameterException") }, error: "IMAGE_UNUSABLE" },
    {
      rule: { operation: "PutImage", with: answer("ImageDigestDoesNotMatchException") },
      error: "REMOTE_FAILED",
    },
    {
      rule: { operation: "CompleteLayerUpload", with: answer("InvalidLayerException") },
      error: "REMOTE_FAILED",
    },
    {
      rule: { operation: "UploadLayerPart", with: "throttle" },
      error: "THROTTLED",
      // A slow machine is in its last attempt when the time is over, and tells what the one before came to.
      told: /\[THROTTLED\]|\(last: ThrottlingException .*\[REMOTE_FAILED\]/,
    },
    { rule: { operation: "BatchGetImage", with: "unavailable" }, error: "REMOTE_FAILED" },
    { rule: { operation: "PutImage", with: "garbage" }, error: "REMOTE_FAILED" },
  ]

  test.each(cases)(
    "$rule.operation, with $rule.with: $error, and no image is put",
    async ({ rule, error, told = error }) => {
      const push = pushImage(appImage(stage.old))
      await restock(stage, [push])
      await stage.aws.fail({ service: "ecr", ...rule })
      const isAskedAgain = rule.with === "throttle" || rule.with === "unavailable"
      await expectRefused(push, told, isAskedAgain ? ["--timeout", await seconds(4)] : [])
    },
  )

  test("the tag was taken meanwhile: TARGET_EXISTS, and it stays where it is", async () => {
    const push = pushImage(appImage(stage.old))
    await restock(stage, [push])
    await stage.aws.fail({
      service: "ecr",
      operation: "PutImage",
      with: answer("ImageTagAlreadyExistsException"),
    })
    await expectRefused(push, "TARGET_EXISTS")
  })

  test.each(["throttle", "reset", "lost"] as const)("once, with %s, it is asked again", async (failure) => {
    for (const service of ["ecr", "s3"] as const) {
      const push = pushImage(appImage(stage.old))
      await restock(stage, [push])
      await stage.aws.fail({ service, with: failure, times: 1 })
      expect(await reseal(stage, push.digest)).toMatchObject({ status: 0 })
    }
  })
})

describe("the policy that envseal policy build prints with a repository", () => {
  const withPolicy = (policy: PolicyDocument) =>
    stage.aws.setWorld({
      roles: stage.aws.roles.map((one) => (one.name === "build" ? { ...one, policies: [policy] } : one)),
    })

  test("is enough, and each action of it is needed", async () => {
    const policy = await buildPolicy(stage.box)
    const statements = [policy.Statement].flat()
    const own = statements.find(({ Sid }) => Sid === "Reseal")
    const actions = [own?.Action ?? []].flat()
    expect(actions).toHaveLength(6)
    expect(own?.Resource).toBe("arn:aws:ecr:eu-west-1:111122223333:repository/shop")
    for (const action of actions) {
      const push = pushImage(appImage(stage.old))
      await restock(stage, [push])
      const less = { ...own, Action: actions.filter((one) => one !== action) } as (typeof statements)[0]
      await withPolicy({ ...policy, Statement: [...statements.filter((one) => one !== own), less] })
      expect(await expectRefused(push, "ACCESS_DENIED")).toContain(action)
    }
    await withPolicy(policy)
    const push = pushImage(appImage(stage.old))
    await restock(stage, [push])
    expect(await reseal(stage, push.digest)).toMatchObject({ status: 0 })
  })

  test("lets nobody into another repository, and neither the pod nor the deployer reseal", async () => {
    const push = pushImage(appImage(stage.old))
    await restock(stage, [push])
    await expectRefused(push, "ACCESS_DENIED", ["--image", `${shop}-other@${push.digest}`])
    for (const role of ["pod", "deployer"]) {
      const run = await reseal(stage, push.digest, [], role)
      expect([run.status, run.stderr.includes("[ACCESS_DENIED]")]).toEqual([5, true])
    }
  })

  test("is without a repository what it was before", async () => {
    const arns = [
      "--kms-key",
      defaultWorld.keys[0]?.arn ?? "",
      "--secret",
      `arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/production`,
    ]
    const run = await stage.box.envseal(["policy", "build", "-c", "app=shop", "-e", "production", ...arns])
    expect(run.stdout).not.toContain("ecr:")
  })
})
