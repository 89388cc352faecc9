import { DescribeClusterCommand, EKSClient } from "@aws-sdk/client-eks"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { deployWorld, shopCluster } from "./deploy-world.ts"
import { send } from "./http.ts"
import { credentialsOf, eksAs, sdkFailure } from "./sdk.ts"
import { sendSigned } from "./signed.ts"

const endpoint = "https://127.0.0.1:6443"
const ca = Buffer.from("-----BEGIN CERTIFICATE-----\n").toString("base64")
const everything = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
} as const

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws({
    ...deployWorld,
    roles: [...deployWorld.roles, { name: "all", mechanisms: ["static"], policies: [everything] }],
    eksClusters: [
      shopCluster(endpoint, ca),
      { ...shopCluster(endpoint, ca), name: "new", status: "CREATING" },
    ],
  })
})
afterEach(async () => {
  await aws.clearFailures()
  await aws.clearRequests()
})
afterAll(() => aws.stop())

const describeCluster = (name = "shop", as = "deployer", region = "eu-west-1") =>
  eksAs(aws, as, { region }).send(new DescribeClusterCommand({ name }))

describe("DescribeCluster", () => {
  test("gives what a client needs to reach the cluster", async () => {
    expect((await describeCluster()).cluster).toMatchObject({
      name: "shop",
      arn: "arn:aws:eks:eu-west-1:111122223333:cluster/shop",
      endpoint,
      certificateAuthority: { data: ca },
      status: "ACTIVE",
      version: "1.34",
    })
    expect(await aws.requests()).toMatchObject([
      { service: "eks", operation: "DescribeCluster", region: "eu-west-1", outcome: "ok", status: 200 },
    ])
  })

  test("gives neither endpoint nor certificate of a cluster that is being created", async () => {
    const { cluster } = await describeCluster("new", "all")
    expect(cluster?.status).toBe("CREATING")
    expect([cluster?.endpoint, cluster?.certificateAuthority]).toEqual([undefined, undefined])
  })

  test("finds no cluster that is not there, or that is in another Region", async () => {
    const failure = {
      name: "ResourceNotFoundException",
      status: 404,
      message: "No cluster found for name: web.",
    }
    expect(await sdkFailure(describeCluster("web", "all"))).toEqual(failure)
    expect((await sdkFailure(describeCluster("shop", "all", "us-east-1"))).status).toBe(404)
  })

  test("refuses who has no permission for that cluster, by its ARN", async () => {
    expect(await sdkFailure(describeCluster("web"))).toMatchObject({
      name: "AccessDeniedException",
      status: 403,
      message: expect.stringContaining(
        "eks:DescribeCluster on resource: arn:aws:eks:eu-west-1:111122223333:cluster/web because",
      ),
    })
  })

  test("refuses what is not signed, or for another service, or has expired", async () => {
    const unsigned = await send(`${aws.url}/clusters/shop`)
    expect([unsigned.status, unsigned.headers["x-amzn-errortype"]]).toEqual([
      403,
      "MissingAuthenticationTokenException",
    ])
    const other = await sendSigned(aws, "deployer", { service: "ecr", method: "GET", path: "/clusters/shop" })
    expect(other.headers["x-amzn-errortype"]).toBe("InvalidSignatureException")
    const client = eksAs(aws, "deployer", { expired: true })
    expect(await sdkFailure(client.send(new DescribeClusterCommand({ name: "shop" })))).toMatchObject({
      ...{ name: "ExpiredTokenException", status: 403 },
    })
  })

  test.each(["/clusters/shop?x=1", "/clusters/", "/clusters/a%2Fb", "/clusters/%"])(
    "does not have %s",
    async (path) => {
      const { headers } = await send(`${aws.url}${path}`)
      expect(headers["x-amzn-errortype"]).toBe("UnknownOperationException")
    },
  )

  test("is throttled and unavailable with its own statuses", async () => {
    await aws.fail({ service: "eks", times: 1, with: "throttle" })
    await aws.fail({ service: "eks", times: 1, with: "unavailable" })
    expect(await sdkFailure(describeCluster())).toMatchObject({ name: "ThrottlingException", status: 429 })
    expect(await sdkFailure(describeCluster())).toMatchObject({
      name: "ServiceUnavailableException",
      status: 503,
    })
  })

  test("is tried again by the SDK when it was throttled", async () => {
    await aws.fail({ service: "eks", times: 1, with: "throttle" })
    const client = new EKSClient({
      ...{ endpoint: aws.url, region: "eu-west-1", credentials: credentialsOf(aws, "deployer") },
    })
    expect((await client.send(new DescribeClusterCommand({ name: "shop" }))).cluster?.name).toBe("shop")
  })
})
