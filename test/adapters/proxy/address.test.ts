import { afterEach, describe, expect, test, vi } from "vitest"
import { environmentProxy, proxyKind, unknownProxy } from "../../../src/adapters/proxy/address.ts"

afterEach(() => vi.unstubAllEnvs())

describe("a proxy", () => {
  test.each([
    ["http://proxy:3128", "http"],
    ["https://me:p%40ss@proxy", "http"],
    ["HTTP://proxy", "http"],
    ["socks5://localhost:1080", "socks"],
    ["SOCKS5://localhost", "socks"],
    ["socks5h://[::1]:1080", "socks"],
    ["socks://proxy", "socks"],
    ["socks4://proxy", "socks"],
    ["socks4a://proxy", "socks"],
    ["ftp://proxy", null],
    ["socks6://proxy", null],
    ["socks5:proxy", null],
    ["socks5://", null],
    ["proxy:1080", null],
    ["http://proxy:port", null],
    ["socks5://me:100%@proxy", null],
    ["http://me%zz:secret@proxy", null],
    ["constructor://proxy", null],
    ["", null],
  ])("at %s is of the kind %s", (url, kind) => {
    expect(proxyKind(url)).toBe(kind)
  })

  test("of an unknown kind is refused without its address", () => {
    expect(unknownProxy("https://cluster.example")).toMatchObject({
      code: "USAGE",
      message: "the proxy for https://cluster.example is of a kind that envseal does not know",
    })
  })

  test.each([
    ["HTTPS_PROXY before ALL_PROXY", { HTTPS_PROXY: "http://one", ALL_PROXY: "socks5://two" }, "http://one"],
    ["ALL_PROXY where there is no other", { HTTPS_PROXY: "", ALL_PROXY: "socks5://two" }, "socks5://two"],
    ["none for a host of NO_PROXY", { ALL_PROXY: "socks5://two", NO_PROXY: "a.example" }, null],
    ["none where nothing is set", { HTTPS_PROXY: "", ALL_PROXY: "", NO_PROXY: "" }, null],
  ])("of the environment is %s", (_, variables, proxy) => {
    for (const [name, value] of Object.entries(variables)) {
      vi.stubEnv(name, value)
      vi.stubEnv(name.toLowerCase(), "")
    }
    expect(environmentProxy("https://a.example/")).toBe(proxy)
  })
})
