import { describe, expect, test } from "vitest"
import { appKey } from "../../fake/aws/world.ts"
import { patient } from "../deploy/stage.ts"
import { context } from "./site.ts"
import { doctor, startStage } from "./stage.ts"

describe("envseal doctor, of an environment that is in order", patient, () => {
  test("says ok to every link, changes nothing, and reads no value", async () => {
    await using stage = await startStage()
    const told = await doctor(stage)
    expect(told.stderr).not.toContain("error:")
    expect([told.no, told.unchecked]).toEqual([[], []])
    expect(told.status).toBe(0)
    expect(told.findings.length).toBeGreaterThan(30)
    const operations = (await stage.aws.requests()).map(({ operation }) => operation)
    expect(operations.filter((one) => !/^(?:Describe|List|BatchGet|GetCallerIdentity)/.test(one))).toEqual([])
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
})
