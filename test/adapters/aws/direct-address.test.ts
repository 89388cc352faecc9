import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { KMSClient, ListKeysCommand } from "@aws-sdk/client-kms"
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts"
import { afterAll, afterEach, describe, expect, test, vi } from "vitest"
import { directAddress } from "../../../src/adapters/aws/direct-address.ts"

const folder = mkdtempSync(join(tmpdir(), "envseal-address-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => vi.unstubAllEnvs())

const files = {
  AWS_CONFIG_FILE: join(folder, "no-config"),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, "no-credentials"),
}

/** Where the SDK's client would go with these variables and no other ones that matter. */
async function addressOfSdk(
  service: "kms" | "sts",
  region: string,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const cleared = Object.keys(process.env).filter((name) => name.startsWith("AWS_ENDPOINT_URL"))
  for (const name of cleared) vi.stubEnv(name, "")
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  let seen = ""
  const settings = {
    region,
    credentials: { accessKeyId: "A", secretAccessKey: "B" },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: { protocol: string; hostname: string; port?: number; path: string }) => {
        const port = request.port === undefined ? "" : `:${request.port}`
        seen = new URL(`${request.protocol}//${request.hostname}${port}${request.path}`).href
        throw new Error("seen")
      },
    },
  } as const
  const sending =
    service === "kms"
      ? new KMSClient(settings as never).send(new ListKeysCommand())
      : new STSClient(settings as never).send(new GetCallerIdentityCommand())
  await sending.catch(() => undefined)
  return seen
}

const regions = [
  "eu-west-1",
  "us-east-1",
  "us-east-2",
  "ap-southeast-7",
  "mx-central-1",
  "il-central-1",
  "af-south-1",
]

describe.each(["kms", "sts"] as const)("the address of %s", (service) => {
  test.each(regions)("in %s is the SDK's", async (region) => {
    expect(directAddress(service, region, files)?.href).toBe(await addressOfSdk(service, region, files))
  })

  const own = `AWS_ENDPOINT_URL_${service.toUpperCase()}`
  test.each<Readonly<Record<string, string>>>([
    { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" },
    { AWS_ENDPOINT_URL: "https://vpce-1.example.com", [own]: "https://vpce-2.example.com:8443/" },
    { AWS_ENDPOINT_URL: "https://vpce-1.example.com", [own]: "" },
  ])("by %j is the SDK's", async (endpoints) => {
    const environment = { ...files, ...endpoints }
    const address = directAddress(service, "eu-west-1", environment)
    expect(address?.href).toBe(await addressOfSdk(service, "eu-west-1", environment))
  })
})

describe("is left to the SDK", () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ["with FIPS", { AWS_USE_FIPS_ENDPOINT: "true" }],
    ["with both kinds of addresses", { AWS_USE_DUALSTACK_ENDPOINT: "true" }],
    ["where configured addresses are ignored", { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" }],
    ["through a proxy", { HTTPS_PROXY: "http://proxy:3128" }],
    ["through a proxy in lower case", { https_proxy: "http://proxy:3128" }],
    ["through a SOCKS proxy", { ALL_PROXY: "socks5://proxy:1080" }],
    ["with an address that has a path", { AWS_ENDPOINT_URL: "https://kms.example.com/base" }],
    ["with an address that has a password", { AWS_ENDPOINT_URL: "https://me:pw@kms.example.com" }],
    ["with an address that is none", { AWS_ENDPOINT_URL: "kms" }],
    ["with an address of another kind", { AWS_ENDPOINT_URL: "ftp://kms.example.com" }],
  ])("%s", (_, environment) => {
    expect(directAddress("kms", "eu-west-1", { ...files, ...environment })).toBeNull()
  })

  test.each([
    null,
    "",
    "eu west",
    "cn-north-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "eusc-de-east-1",
    "eu-west-1.example.com/",
    "EU-WEST-1",
    "aws-global",
  ])("in the Region %j", (region) => {
    expect(directAddress("kms", region, files)).toBeNull()
  })

  test.each(["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])("where %s leads to a file", (name) => {
    const path = join(folder, "file")
    writeFileSync(path, "[default]\nendpoint_url = https://elsewhere.example.com\n")
    expect(directAddress("kms", "eu-west-1", { ...files, [name]: path })).toBeNull()
  })

  test("where the files of the AWS CLI stand in the home folder", () => {
    const home = mkdtempSync(join(folder, "home-"))
    expect(directAddress("kms", "eu-west-1", { HOME: home })).not.toBeNull()
    mkdirSync(join(home, ".aws"))
    writeFileSync(join(home, ".aws/config"), "")
    expect(directAddress("kms", "eu-west-1", { HOME: home })).toBeNull()
  })
})
