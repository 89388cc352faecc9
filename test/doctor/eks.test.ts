import { describe, expect, test } from "vitest"
import { environmentOf, parseConfig } from "../../src/config/load.ts"
import { EnvsealError } from "../../src/core/error.ts"
import { type EksFacts, judgeEks } from "../../src/doctor/core/eks.ts"
import { remedyText } from "../../src/doctor/core/remedy.ts"
import type { ServiceAccountFacts } from "../../src/doctor/core/service-account.ts"

const text = `{version: 1, app: shop, environments: { production: {
  region: eu-west-1, cluster: { eks: main, namespace: shop } } } }`
const settings = environmentOf(parseConfig(text, "envseal.yaml"), "production")
const known = <T>(value: T) => ({ known: true, value }) as const
const denied = { known: false, error: new EnvsealError("ACCESS_DENIED", "no"), why: "no" } as const

const usual: EksFacts = {
  setup: known({ authenticationMode: "API_AND_CONFIG_MAP", isAuto: false }),
  agent: known("ACTIVE"),
}

function account(annotations: Record<string, string>, hasAssociation: boolean): ServiceAccountFacts {
  const metadata = { name: "shop", namespace: "shop", annotations }
  return {
    name: "shop",
    account: known({ apiVersion: "v1", kind: "ServiceAccount", metadata } as never),
    association: known(hasAssociation ? { id: "a-1", role: "arn:aws:iam::111122223333:role/shop" } : null),
  }
}

const associated = account({}, true)
const judge = (facts: Partial<EksFacts>, accounts = [associated]) =>
  judgeEks(settings, { ...usual, ...facts }, accounts).map(
    ({ link, answer, text: told, remedies }) => [link, answer, told, ...remedies.map(remedyText)] as const,
  )

describe("how people get into a cluster of EKS", () => {
  test.each([
    ["API_AND_CONFIG_MAP", "ok", "are taken, beside aws-auth"],
    ["API", "ok", "are taken"],
    [null, "not checked", "EKS does not say how people get into the cluster"],
  ])("of %s is %s: %s", (authenticationMode, answer, told) => {
    expect(judge({ setup: known({ authenticationMode, isAuto: false }) })[0]).toEqual([
      "cluster.entries",
      answer,
      told,
    ])
  })

  test("by aws-auth alone is no fault, and what would let it take entries is told", () => {
    const [entries] = judge({ setup: known({ authenticationMode: "CONFIG_MAP", isAuto: false }) })
    expect(entries?.slice(0, 2)).toEqual(["cluster.entries", "ok"])
    expect(entries?.[3]).toBe(
      "run: aws eks update-cluster-config --region eu-west-1 --name main --access-config authenticationMode=API_AND_CONFIG_MAP",
    )
  })
})

describe("the agent of Pod Identity", () => {
  test.each([
    ["ACTIVE", "ok"],
    ["UPDATING", "ok"],
    ["DEGRADED", "no"],
    ["CREATE_FAILED", "no"],
    [null, "no"],
  ])("whose add-on is %s is %s", (state, answer) => {
    expect(judge({ agent: known(state) })[1]?.slice(0, 2)).toEqual(["cluster.agent", answer])
  })

  test("is EKS's own in Auto Mode, without an add-on", () => {
    const setup = known({ authenticationMode: "API", isAuto: true })
    expect(judge({ setup, agent: known(null) })[1]).toEqual([
      "cluster.agent",
      "ok",
      "EKS runs it (Auto Mode)",
    ])
  })

  test("is not checked without an add-on where nobody knows whether EKS runs it", () => {
    expect(judge({ setup: denied, agent: known(null) })[1]).toEqual([
      "cluster.agent",
      "not checked",
      "eks:DescribeCluster is not allowed to you",
    ])
  })

  test("is not checked by who may not look at it", () => {
    expect(judge({ agent: denied })[1]?.slice(1)).toEqual([
      "not checked",
      "eks:DescribeAddon is not allowed to you",
    ])
  })

  test.each([
    ["IRSA gives the role", account({ "eks.amazonaws.com/role-arn": "arn" }, true)],
    ["there is no association", account({}, false)],
  ])("is no link where %s", (_, one) => {
    expect(judge({ agent: known(null) }, [one]).map(([link]) => link)).toEqual(["cluster.entries"])
  })
})
