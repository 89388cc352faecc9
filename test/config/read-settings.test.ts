import { describe, expect, test } from "vitest"
import { environmentOf, parseConfig } from "../../src/config/load.ts"
import { loadSettings } from "../../src/config/read-settings.ts"
import { makePolicy } from "../../src/setup/core/policy.ts"
import { policyRequestOf } from "../../src/setup/core/policy-request.ts"
import { failureOf } from "../fake/failure.ts"
import { FakeFiles } from "../fake/files.ts"

const text = "version: 1\napp: shop\nenvironments:\n  production: { require: .env.example }\n"
const find = (files: Readonly<Record<string, string | Uint8Array>>, parents = true) =>
  loadSettings(new FakeFiles(files), { path: null, parents, environment: "production" })

describe("the settings file is looked for", () => {
  test("in the working directory first", async () => {
    const files = new FakeFiles({ "envseal.yaml": text, "../envseal.yaml": "no YAML: [", "../.git/HEAD": "" })
    const settings = await loadSettings(files, { path: null, parents: true, environment: "production" })
    expect(settings).toMatchObject({
      place: "envseal.yaml:4:3",
      require: { file: ".env.example", except: [] },
    })
    expect(files.log).not.toContain("read ../envseal.yaml")
  })

  test("in folders above, up to the one that is a repository", async () => {
    expect(await find({ "../../envseal.yaml": text, "../../.git/HEAD": "" })).toMatchObject({
      place: "../../envseal.yaml:4:3",
      require: { file: "../../.env.example", except: [] },
    })
    // As in a worktree.
    expect(await find({ "../envseal.yaml": text, "../../.git": "gitdir: x" })).toMatchObject({
      place: "../envseal.yaml:4:3",
    })
  })

  test.each([
    ["above the repository", { "../../envseal.yaml": text, "../.git/HEAD": "" }],
    ["above, without any repository", { "../envseal.yaml": text }],
    ["nowhere", {}],
  ])("and not found %s", async (_, files) => {
    expect(await failureOf(() => find(files))).toMatchObject({
      code: "CONFIG_MISSING",
      message: "there is no envseal.yaml in this folder and its repository",
      hint: expect.stringContaining("--config FILE"),
    })
  })

  test("in the working directory alone, where parents do not count", async () => {
    const files = { "../envseal.yaml": text, "../.git/HEAD": "" }
    expect(await failureOf(() => find(files, false))).toMatchObject({
      code: "CONFIG_MISSING",
      message: "there is no envseal.yaml in this folder",
    })
  })
})

describe("a settings file that is named", () => {
  const load = (path: string, files: Readonly<Record<string, string | Uint8Array>>) =>
    loadSettings(new FakeFiles(files), { path, parents: true, environment: "production" })

  test("leads from its own folder to the example file", async () => {
    expect((await load("apps/shop/envseal.yaml", { "apps/shop/envseal.yaml": text })).require?.file).toBe(
      "apps/shop/.env.example",
    )
    const absolute = text.replace(".env.example", "/srv/.env.example")
    expect((await load("a/b.yaml", { "a/b.yaml": absolute })).require?.file).toBe("/srv/.env.example")
  })

  test("must be there, be text, and not be too large", async () => {
    expect(await failureOf(() => load("x.yaml", { "envseal.yaml": text }))).toMatchObject({
      code: "CONFIG_MISSING",
      message: "there is no x.yaml",
    })
    expect(await failureOf(() => load("x.yaml", { "x.yaml": new Uint8Array([0xff]) }))).toMatchObject({
      code: "CONFIG_MALFORMED",
      message: "x.yaml is not UTF-8",
    })
    expect(await failureOf(() => load("x.yaml", { "x.yaml": " ".repeat(1_048_577) }))).toMatchObject({
      code: "INPUT_TOO_LARGE",
    })
  })
})

describe("a policy by the settings", () => {
  const key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  const settingsOf = (...lines: readonly string[]) => {
    const yaml = `version: 1\napp: shop\nenvironments:\n  production:\n${lines.map((line) => `    ${line}\n`).join("")}`
    return environmentOf(parseConfig(yaml, "envseal.yaml"), "production")
  }
  const place = ['account: "111122223333"', "region: eu-west-1"]
  const policy = (kind: "build" | "pod" | "deployer", ...lines: readonly string[]) =>
    makePolicy(kind, policyRequestOf(kind, settingsOf(...lines)))

  test("names secrets in the account and Region, with the end open that only AWS knows", () => {
    const secrets = "[shop/production#AWSPREVIOUS, shop/my-secret]"
    const { Statement } = policy(
      "build",
      ...place,
      `secret: ${secrets}`,
      `kmsKeys: [${key}]`,
      `secretKeys: [${key.replace("1234abcd", "aaaa1111")}]`,
    )
    const arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop"
    expect(Statement.find(({ Sid }) => Sid === "ReadTheSecret")?.Resource).toEqual([
      `${arn}/production-??????`,
      `${arn}/my-secret-??????`,
    ])
    expect(Statement.find(({ Sid }) => Sid === "ReadTheSecretsKey")?.Condition).toEqual({
      StringEquals: { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" },
    })
  })

  test("takes the keys among the recipients, when none is pinned", () => {
    const recipients = `recipients: [aws-kms:${key}, aws-kms:alias/shop]`
    expect(policy("pod", recipients).Statement[0]?.Resource).toBe(key)
  })

  test("names project, repository and cluster in the partition of the Region", () => {
    const { Statement } = policy(
      "deployer",
      'account: "111122223333"',
      "region: cn-north-1",
      "build: { project: shop }",
      "image: { repository: 444455556666.dkr.ecr.cn-northwest-1.amazonaws.com.cn/team/shop }",
      "cluster: { eks: main, namespace: shop }",
    )
    expect([...new Set(Statement.map(({ Resource }) => Resource))]).toEqual([
      "arn:aws-cn:codebuild:cn-north-1:111122223333:project/shop",
      "arn:aws-cn:logs:cn-north-1:111122223333:log-group:/aws/codebuild/shop:*",
      "arn:aws-cn:ecr:cn-northwest-1:444455556666:repository/team/shop",
      "arn:aws-cn:eks:cn-north-1:111122223333:cluster/main",
      "arn:aws-cn:eks:cn-north-1:111122223333:podidentityassociation/main/*",
      "arn:aws-cn:eks:cn-north-1:111122223333:addon/main/eks-pod-identity-agent/*",
    ])
  })

  test("asks for account and Region, only where a name must become an ARN", async () => {
    const lines = ["secret: shop/production", `kmsKeys: [${key}]`]
    expect(await failureOf(() => policy("build", ...lines))).toMatchObject({
      code: "CONFIG_MALFORMED",
      problems: [{ code: "MISSING_SETTING" }, { code: "MISSING_SETTING" }],
    })
    expect(policy("pod", ...lines).Statement).toHaveLength(1)
  })
})
