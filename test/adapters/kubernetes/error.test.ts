import { describe, expect, test } from "vitest"
import { serverError } from "../../../src/adapters/kubernetes/error.ts"
import { NetworkFailure } from "../../../src/adapters/kubernetes/failure.ts"
import type { ClusterAccess, Right } from "../../../src/ports/cluster.ts"

const access: ClusterAccess = {
  ...{ name: "main", server: "https://10.0.0.1:6443", ca: null, tlsServerName: null },
  ...{ insecure: false, proxy: null, credential: () => Promise.reject(new Error("not asked")) },
}
const readWeb: Right = { verb: "get", group: "apps", resource: "deployments", name: "wev" }

describe("A failure of the API server", () => {
  const forbidden = (right: Right) =>
    serverError(
      new NetworkFailure(
        `deployments.apps "wev" is forbidden: User "x" cannot ${right.verb} resource "deployments"`,
        {
          ...{ status: 403, reason: "Forbidden" },
        },
      ),
      right,
      access,
    )

  test("to let a workload be read asks whether its name is right: a Role may name its workloads", () => {
    const { code, hint } = forbidden(readWeb)
    expect(code).toBe("ACCESS_DENIED")
    expect(hint).toMatch(/^is the name wev right\? If it is, the Role needs the rule \{.*"get"/)
  })

  test("to let it be changed does not, since it could be read", () => {
    expect(forbidden({ ...readWeb, verb: "patch" }).hint).toMatch(/^the Role needs the rule /)
  })

  test("to answer at all says which cluster it is, and what to look at", () => {
    const { code, message, hint } = serverError(
      new NetworkFailure("", { code: "ECONNREFUSED" }),
      readWeb,
      access,
    )
    expect(code).toBe("REMOTE_FAILED")
    expect(message).toContain("no answer from the API server of main (https://10.0.0.1:6443)")
    expect(hint).toContain("can it be reached from here (VPN, proxy)?")
  })
})
