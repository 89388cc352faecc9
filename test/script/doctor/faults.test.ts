import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { remedyText } from "../../../src/doctor/core/remedy.ts"
import { appKey } from "../../fake/aws/world.ts"
import { type Fault, faults, faultsForPeople } from "./faults.ts"
import { context } from "./site.ts"
import { doctor, type Stage, startStage } from "./stage.ts"

const podVariables = { ENVSEAL_EXPECT: context, ENVSEAL_KMS_KEY: appKey }

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage[Symbol.asyncDispose]())
beforeEach(() => stage.reset())

describe("envseal doctor, of an environment with", () => {
  test.each([...faults, ...faultsForPeople])(
    "$title, names just that and what mends it",
    async (fault: Fault) => {
      await fault.plant(stage)
      const told = await doctor(stage, fault.as, fault.as === "pod" ? podVariables : {})
      expect(told.no).toEqual(fault.no)
      if (!isOfSettings(fault)) expect(told.unchecked).toEqual(fault.unchecked ?? [])
      expect(told.status).toBe(3)
      const remedies = told.findings.flatMap((finding) => finding.remedies).map(remedyText)
      expect(remedies.map((text, at) => text.slice(0, fault.remedies[at]?.length))).toEqual(fault.remedies)
    },
  )
})

/** Nothing else can be known of settings that are wrong. */
function isOfSettings({ no }: Fault): boolean {
  return no.includes("settings")
}
