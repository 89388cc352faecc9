import { describe, expect, test } from "vitest"
import { appKey } from "../../fake/aws/world.ts"
import { seconds } from "../harness.ts"
import { context } from "./site.ts"
import { doctor, startStage } from "./stage.ts"

describe("envseal doctor, of an environment that is in order", () => {
  test("says ok to every link, changes nothing, and reads no value", async () => {
    await using stage = await startStage()
    const told = await doctor(stage)
    expect(told.stderr).not.toContain("error:")
    expect([told.no, told.unchecked]).toEqual([[], []])
    expect(told.status).toBe(0)
    expect(told.findings.length).toBeGreaterThan(30)
    const operations = (await stage.aws.requests()).map(({ operation }) => operation)
    expect(
      operations.filter((one) => !/^(?:Describe|List|BatchGet|GetCallerIdentity|GetDownloadUrl)/.test(one)),
    ).toEqual([])
    const verbs = new Set((await stage.cluster.requests()).map(({ verb, resource }) => `${verb} ${resource}`))
    expect([...verbs].filter((one) => !/^get |selfsubject/.test(one))).toEqual([])
  })

  test.each([
    ["build", {}],
    ["pod", { ENVSEAL_EXPECT: context, ENVSEAL_KMS_KEY: appKey }],
  ] as const)("as the %s says ok to every link, and nothing is encrypted or decrypted", async (as, more) => {
    await using stage = await startStage()
    const told = await doctor(stage, as, more)
    expect([told.no, told.unchecked]).toEqual([[], []])
    expect(told.status).toBe(0)
    const requests = await stage.aws.requests()
    const uses = requests.filter(({ operation }) => operation === "Encrypt" || operation === "Decrypt")
    expect(uses.map(({ operation, outcome }) => `${operation} ${outcome}`).sort()).toEqual(
      as === "build"
        ? ["Decrypt AccessDeniedException", "Encrypt DryRunOperationException"]
        : ["Decrypt DryRunOperationException", "Encrypt AccessDeniedException"],
    )
    expect(told.stdout + told.stderr).not.toContain("it's $5")
  })

  test("does not check what only it needs to look at and may not, and ends with 0", async () => {
    await using stage = await startStage()
    const needs = ["kms:DescribeKey", "ecr:DescribeRepositories", "eks:ListPodIdentityAssociations"]
    const deny = {
      Version: "2012-10-17",
      Statement: { Effect: "Deny", Action: needs, Resource: "*" },
    } as const
    const { roles } = await stage.aws.world()
    await stage.aws.setWorld({
      roles: roles.map((role) => (role.name === "deployer" ? { ...role, policies: [deny] } : role)),
    })
    const told = await doctor(stage)
    expect(told.no).toEqual([])
    expect(told.unchecked).toEqual([
      ...["repository shop", "repository.tags shop"],
      ...["key", "key.state", "key.kind", "key.account", "key.pin"].map((link) => `${link} alias/envseal`),
      "service-account.role shop",
    ])
    const texts = told.findings.filter(({ answer }) => answer === "not checked").map(({ text }) => text)
    expect([...new Set(texts)]).toEqual([
      "ecr:DescribeRepositories is not allowed to you",
      "kms:DescribeKey is not allowed to you",
      "eks:ListPodIdentityAssociations is not allowed to you",
    ])
    expect(told.status).toBe(0)
  })

  test.each(["deployer", "build"] as const)(
    "tells the %s which rights only a reseal needs and are not there, and what grants them, and ends with 0",
    async (as) => {
      await using stage = await startStage()
      const needs = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      const deny = {
        Version: "2012-10-17",
        Statement: { Effect: "Deny", Action: needs, Resource: "*" },
      } as const
      const name = as === "build" ? "shop-build" : as
      const { roles } = await stage.aws.world()
      await stage.aws.setWorld({
        roles: roles.map((role) => (role.name === name ? { ...role, policies: [deny] } : role)),
      })
      const told = await doctor(stage, as)
      expect([told.no, told.unchecked, told.status]).toEqual([[], ["repository.read shop"], 0])
      expect(told.findings.find(({ link }) => link === "repository.read")).toMatchObject({
        text: "ecr:BatchGetImage, ecr:GetDownloadUrlForLayer are not allowed to you, which deploy --reseal alone needs",
        remedies: [{ type: "command", text: expect.stringContaining(`envseal policy ${as} -e production`) }],
      })
    },
  )

  test("tells all other links when one never answers", async () => {
    await using stage = await startStage()
    await stage.aws.fail({ operation: "DescribeKey", with: "hang" })
    const told = await doctor(stage, "deployer", {}, ["--timeout", await seconds(4)])
    expect(told.no).toEqual([])
    expect(told.unchecked).toEqual(
      ["key", "key.state", "key.kind", "key.account", "key.pin"].map((link) => `${link} alias/envseal`),
    )
    expect(told.status).toBe(0)
  })
})
