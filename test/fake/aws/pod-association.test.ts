import {
  CreatePodIdentityAssociationCommand,
  DescribePodIdentityAssociationCommand,
  ListPodIdentityAssociationsCommand,
  UpdatePodIdentityAssociationCommand,
} from "@aws-sdk/client-eks"
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { deployWorld, shopCluster } from "./deploy-world.ts"
import { send } from "./http.ts"
import { podIdentityAudience, podIdentityPath } from "./pod-identity.ts"
import { eksAs, sdkFailure } from "./sdk.ts"
import { signWebToken } from "./web-token.ts"
import { appKey, type Role, region, roleArn, type World, withKey } from "./world.ts"

const id = "a-0123456789abcdefg"
const admin: Role = {
  name: "admin",
  policies: [
    {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "eks:*", Resource: "*" },
        {
          Effect: "Allow",
          Action: "iam:PassRole",
          Resource: [roleArn("app"), roleArn("builder"), roleArn("no-one")],
        },
      ],
    },
  ],
  mechanisms: ["static"],
}
const world: World = {
  ...deployWorld,
  roles: [...deployWorld.roles, admin],
  eksClusters: [
    {
      ...shopCluster("https://127.0.0.1:1", Buffer.from("ca").toString("base64")),
      podIdentityAssociations: [{ id, namespace: "shop", serviceAccount: "web", roleArn: roleArn("app") }],
    },
  ],
}
const clusterName = "shop"

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws(world)
})
afterEach(async () => {
  await aws.setWorld(world)
  await aws.clearRequests()
})
afterAll(() => aws.stop())

async function list(part: { readonly namespace?: string; readonly serviceAccount?: string } = {}) {
  const command = new ListPodIdentityAssociationsCommand({ clusterName, ...part })
  return (await eksAs(aws, "admin").send(command)).associations
}

function create(serviceAccount: string, role: string, as = "admin") {
  return eksAs(aws, as).send(
    new CreatePodIdentityAssociationCommand({
      ...{ clusterName, namespace: "shop", serviceAccount, roleArn: roleArn(role) },
    }),
  )
}

function update(role: string, associationId = id) {
  return eksAs(aws, "admin").send(
    new UpdatePodIdentityAssociationCommand({ clusterName, associationId, roleArn: roleArn(role) }),
  )
}

function askAgent(serviceAccount: string) {
  const authorization = signWebToken({
    iss: world.cluster.issuer,
    aud: [podIdentityAudience],
    sub: `system:serviceaccount:shop:${serviceAccount}`,
    exp: Math.floor(Date.parse("2099-01-01") / 1000),
  })
  return send(`${aws.url}${podIdentityPath}`, { headers: { authorization } })
}

describe("a pod identity association", () => {
  test("is listed without its role, and described with it", async () => {
    const [association] = (await list()) ?? []
    expect(association).toEqual({
      ...{ clusterName, namespace: "shop", serviceAccount: "web", associationId: id },
      associationArn: `arn:aws:eks:eu-west-1:111122223333:podidentityassociation/shop/${id}`,
    })
    const command = new DescribePodIdentityAssociationCommand({ clusterName, associationId: id })
    expect((await eksAs(aws, "admin").send(command)).association).toMatchObject({
      ...association,
      roleArn: roleArn("app"),
    })
    expect((await aws.requests()).map(({ operation }) => operation)).toEqual([
      "ListPodIdentityAssociations",
      "DescribePodIdentityAssociation",
    ])
  })

  test("is listed by namespace and service account", async () => {
    expect(await list({ namespace: "shop", serviceAccount: "web" })).toHaveLength(1)
    expect(await list({ namespace: "shop", serviceAccount: "other" })).toHaveLength(0)
    expect(await list({ namespace: "default" })).toHaveLength(0)
  })

  test("is made once for a service account, and its pods get the role", async () => {
    expect((await askAgent("worker")).body).toContain("ResourceNotFoundException")
    expect((await create("worker", "builder")).association).toMatchObject({ roleArn: roleArn("builder") })
    expect(await list()).toHaveLength(2)
    expect(JSON.parse((await askAgent("worker")).body)).toHaveProperty("AccessKeyId")
    expect(await sdkFailure(create("worker", "app"))).toMatchObject({
      ...{ name: "ResourceInUseException", status: 409 },
    })
  })

  test("gives its pods a session with the tags of their service account", async () => {
    const { AccessKeyId, SecretAccessKey, Token } = JSON.parse((await askAgent("web")).body)
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token }
    const kms = new KMSClient({ endpoint: aws.url, region, credentials, maxAttempts: 1 })
    const look = () => kms.send(new DescribeKeyCommand({ KeyId: appKey }))
    const only = (serviceAccount: string) => {
      const Condition = { StringEquals: { "aws:PrincipalTag/kubernetes-service-account": serviceAccount } }
      const Statement = {
        Effect: "Allow",
        Action: "kms:*",
        Resource: "*",
        Principal: "*",
        Condition,
      } as const
      return withKey(world, appKey, { policy: { Version: "2012-10-17", Statement } })
    }
    await aws.setWorld(only("web"))
    expect((await look()).KeyMetadata?.Arn).toBe(appKey)
    await aws.setWorld(only("app"))
    expect(await sdkFailure(look())).toMatchObject({ name: "AccessDeniedException" })
  })

  test("gets another role", async () => {
    expect((await update("builder")).association).toMatchObject({ serviceAccount: "web", associationId: id })
    const command = new DescribePodIdentityAssociationCommand({ clusterName, associationId: id })
    expect((await eksAs(aws, "admin").send(command)).association?.roleArn).toBe(roleArn("builder"))
  })

  test("is given no role that may not be passed, or is not there", async () => {
    expect(await sdkFailure(update("nobody"))).toMatchObject({
      ...{ name: "AccessDeniedException", status: 403 },
      message: expect.stringContaining(`iam:PassRole on resource: ${roleArn("nobody")}`),
    })
    expect(await sdkFailure(create("worker", "no-one"))).toMatchObject({ name: "InvalidParameterException" })
    expect(await list()).toHaveLength(1)
  })

  test("that is not there is not found, and neither is one of another cluster", async () => {
    expect(await sdkFailure(update("app", "a-zzzzzzzzzzzzzzzzz"))).toMatchObject({
      ...{ name: "ResourceNotFoundException", status: 404 },
    })
    const command = new ListPodIdentityAssociationsCommand({ clusterName: "other" })
    expect(await sdkFailure(eksAs(aws, "admin").send(command))).toMatchObject({
      ...{ name: "ResourceNotFoundException", status: 404 },
    })
  })

  test("is neither seen nor made by who has no permission", async () => {
    const command = new ListPodIdentityAssociationsCommand({ clusterName })
    expect(await sdkFailure(eksAs(aws, "deployer").send(command))).toMatchObject({
      ...{ name: "AccessDeniedException", status: 403 },
      message: expect.stringContaining("eks:ListPodIdentityAssociations on resource: arn:aws:eks:"),
    })
    expect(await sdkFailure(create("worker", "app", "deployer"))).toMatchObject({
      name: "AccessDeniedException",
    })
  })
})
