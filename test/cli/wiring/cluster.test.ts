import { describe, expect, test } from "vitest"
import { accessOf } from "../../../src/cli/wiring/cluster.ts"
import type { ClusterAccess } from "../../../src/ports/cluster.ts"
import { failureOf } from "../../fake/failure.ts"

const host = "ABCDEF0123456789.gr7.eu-west-1.eks.amazonaws.com"

function reached(server: string, part: Partial<ClusterAccess> = {}): ClusterAccess {
  const plain = { ca: null, tlsServerName: null, insecure: false, proxy: null }
  return { name: "prod", server, ...plain, credential: async () => ({}), ...part }
}

const byName = reached(`https://${host}`)

function choose(byContext: ClusterAccess, names: { context: string | null; eks: string | null }) {
  return accessOf(names, { kubeconfig: async () => byContext, eks: async () => byName })
}

const both = { context: "prod", eks: "main" }

describe("the way to a cluster that is named by a context and in EKS", () => {
  test.each([
    ["directly", reached(`https://${host.toLowerCase()}`)],
    ["through a tunnel that checks its name", reached("https://localhost:8443", { tlsServerName: host })],
  ])("is the context's when it leads there %s", async (_, byContext) => {
    expect(await choose(byContext, both)).toBe(byContext)
  })

  test.each([
    ["to another cluster", reached("https://other.gr7.eu-west-1.eks.amazonaws.com")],
    ["into a tunnel that checks no name", reached("https://localhost:8443")],
    [
      "into a tunnel that checks another name",
      reached("https://localhost:8443", { tlsServerName: "localhost" }),
    ],
    [
      "into a tunnel whose certificate nobody checks",
      reached("https://localhost:8443", { tlsServerName: host, insecure: true }),
    ],
  ])("is none when the context leads %s", async (_, byContext) => {
    const failure = await failureOf(() => choose(byContext, both))
    expect(failure).toMatchObject({
      code: "WRONG_CLUSTER",
      message: `the kubeconfig context prod is ${byContext.server}, and the EKS cluster main is https://${host}`,
    })
    expect(failure.hint).toContain(`set tls-server-name of the context's cluster to ${host.toLowerCase()}`)
  })

  test("is that of the one name where there is one", async () => {
    const byContext = reached("https://10.0.0.1")
    expect(await choose(byContext, { context: "prod", eks: null })).toBe(byContext)
    expect(await choose(byContext, { context: null, eks: "main" })).toBe(byName)
  })
})
