import { describe, expect, test } from "vitest"
import { isServerAt } from "../../src/core/server-address.ts"

const endpoint = "https://ABCDEF.gr7.eu-west-1.eks.amazonaws.com"
const tunnel = "https://localhost:8443"

describe("an API server", () => {
  test.each([
    ["as it is", endpoint, null],
    ["in lower case", endpoint.toLowerCase(), null],
    ["with its usual port", `${endpoint}:443/`, null],
    ["through a tunnel that checks its name", tunnel, "ABCDEF.gr7.eu-west-1.eks.amazonaws.com"],
    ["through a tunnel that checks its name in lower case", tunnel, "abcdef.gr7.eu-west-1.eks.amazonaws.com"],
  ])("is the one when it is reached %s", (_, server, serverName) => {
    expect(isServerAt(endpoint, { server, serverName })).toBe(true)
  })

  test.each([
    ["through a tunnel that checks nothing", tunnel, null],
    ["through a tunnel that checks another name", tunnel, "FEDCBA.gr7.eu-west-1.eks.amazonaws.com"],
    ["at another port", `${endpoint}:8443`, null],
    ["at a path", `${endpoint}/k8s/clusters/c-1`, null],
  ])("is another one when it is reached %s", (_, server, serverName) => {
    expect(isServerAt(endpoint, { server, serverName })).toBe(false)
  })

  test("of several behind one host is known by its path alone", () => {
    const found = (server: string) =>
      isServerAt("https://Rancher.example/k8s/clusters/c-1", { server, serverName: null })
    expect(found("HTTPS://RANCHER.example/k8s/clusters/c-1/")).toBe(true)
    expect(found("https://rancher.example/k8s/clusters/C-1")).toBe(false)
    const address = { server: tunnel, serverName: "rancher.example" }
    expect(isServerAt("https://rancher.example/k8s/clusters/c-1", address)).toBe(false)
  })
})
