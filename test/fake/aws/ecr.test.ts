import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { registryPassword } from "./ecr.ts"
import type { Response } from "./http.ts"
import type { PolicyDocument } from "./policy.ts"
import { sendSigned } from "./signed.ts"
import { defaultWorld, withRole } from "./world.ts"

const login: PolicyDocument = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
}

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws({ ...defaultWorld, ...withRole(defaultWorld, "builder", { policies: [login] }) })
})
afterEach(() => aws.clearRequests())
afterAll(() => aws.stop())

function ask(role: string, body = "{}", service = "ecr"): Promise<Response> {
  const target = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
  return sendSigned(aws, role, { service, target, body })
}

describe("ECR", () => {
  test("gives who may log in the user AWS and a password for 12 hours", async () => {
    const { status, body } = await ask("builder")
    const { authorizationData } = JSON.parse(body)
    const [{ authorizationToken, expiresAt, proxyEndpoint }] = authorizationData
    expect(status).toBe(200)
    expect(Buffer.from(authorizationToken, "base64").toString()).toBe(
      `AWS:${registryPassword("111122223333")}`,
    )
    expect(Math.abs(expiresAt - Date.now() / 1000 - 43_200)).toBeLessThan(60)
    expect(proxyEndpoint).toBe("https://111122223333.dkr.ecr.eu-west-1.amazonaws.com")
    expect(await aws.requests()).toMatchObject([{ service: "ecr", operation: "GetAuthorizationToken" }])
  })

  test("refuses who has no permission, in IAM's words", async () => {
    const { status, body } = await ask("app")
    expect(status).toBe(400)
    expect(JSON.parse(body)).toMatchObject({
      __type: "AccessDeniedException",
      Message: expect.stringContaining(
        "is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy",
      ),
    })
  })

  test("refuses a signature for another service, and members that it does not have", async () => {
    expect((await ask("builder", "{}", "kms")).body).toContain("InvalidSignatureException")
    expect((await ask("builder", '{"registryIds":["111122223333"]}')).body).toContain("ValidationException")
    expect((await ask("builder", '{"repository":"shop"}')).body).toContain("SerializationException")
  })
})
