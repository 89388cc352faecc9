import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { remedyText } from "../../src/doctor/core/remedy.ts"
import { appKey } from "../fake/aws/world.ts"
import { faults, faultsForPeople } from "../script/doctor/faults.ts"
import { context } from "../script/doctor/site.ts"
import { changeSettings, doctor } from "../script/doctor/stage.ts"
import { apply } from "./doctor/apply.ts"
import { type Stage, startStage } from "./doctor/stage.ts"

const podVariables = { ENVSEAL_EXPECT: context, ENVSEAL_KMS_KEY: appKey }

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage[Symbol.asyncDispose]())
beforeEach(() => stage.reset())

test.each(["deployer", "build", "pod"] as const)(
  "a real cluster that is in order is found so as %s",
  async (as) => {
    const told = await doctor(stage, as, as === "pod" ? podVariables : {})
    expect([told.no, told.unchecked]).toEqual([[], []])
    expect(told.status).toBe(0)
  },
)

describe("what is told of", () => {
  test.each(faults)("$title mends it, as it is printed", async (fault) => {
    const more = fault.as === "pod" ? podVariables : {}
    await fault.plant(stage)
    const told = await doctor(stage, fault.as, more)
    expect(told.no).toEqual(fault.no)
    expect(told.status).toBe(3)
    for (const remedy of told.findings.flatMap((finding) => finding.remedies)) {
      await apply(stage, remedyText(remedy))
    }
    const after = await doctor(stage, fault.as, more)
    expect([after.no, after.unchecked]).toEqual([[], []])
    expect(after.status).toBe(0)
  })

  test.each(faultsForPeople)("$title is for a person to mend", async (fault) => {
    await fault.plant(stage)
    const told = await doctor(stage, fault.as, fault.as === "pod" ? podVariables : {})
    expect(told.no).toEqual(fault.no)
    expect(told.status).toBe(3)
  })

  test("a deployer to whom nobody bound the Role binds it", async () => {
    await stage.unbind()
    const told = await doctor(stage)
    expect(told.no).toEqual(["rights"])
    expect(told.unchecked).toContain("workload deployment/web")
    const remedies = told.findings.flatMap((finding) => finding.remedies).map(remedyText)
    expect(remedies[1]).toMatch(/^run: kubectl create rolebinding envseal-shop-production .*--user=deployer/)
    for (const remedy of remedies) await apply(stage, remedy)
    expect((await doctor(stage)).status).toBe(0)
  })

  test("a namespace that does not exist makes it", async () => {
    changeSettings(stage, "namespace: shop", "namespace: blog")
    // Who may look at no other namespace is not told that there is none.
    const look = (kubeconfig: string) => doctor(stage, "deployer", { KUBECONFIG: kubeconfig })
    expect((await doctor(stage)).unchecked).toContain("namespace blog")
    const told = await look(stage.adminKubeconfig)
    expect(told.no).toEqual(["namespace blog"])
    expect(told.unchecked).toContain("workload deployment/web")
    const [remedy = ""] = told.findings.flatMap((finding) => finding.remedies).map(remedyText)
    expect(remedy).toMatch(/^run: kubectl create namespace blog --context /)
    await apply(stage, remedy)
    expect((await look(stage.adminKubeconfig)).no).not.toContain("namespace blog")
  })
})
