import { CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs"
import { BatchGetProjectsCommand, CodeBuildClient } from "@aws-sdk/client-codebuild"
import { DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr"
import { DescribeClusterCommand, EKSClient } from "@aws-sdk/client-eks"
import { DescribeSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager"
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts"
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { endpointsOf } from "./environment.ts"
import { credentialsOf } from "./sdk.ts"

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws()
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await aws.clearRequests()
})
afterAll(() => aws.stop())

const options = () => ({ region: "eu-west-1", credentials: credentialsOf(aws, "nobody"), maxAttempts: 1 })
const calls: Readonly<Record<string, () => Promise<unknown>>> = {
  CODEBUILD: () => new CodeBuildClient(options()).send(new BatchGetProjectsCommand({ names: ["shop"] })),
  CLOUDWATCH_LOGS: () =>
    new CloudWatchLogsClient(options()).send(
      new GetLogEventsCommand({ logGroupName: "a", logStreamName: "b" }),
    ),
  ECR: () => new ECRClient(options()).send(new DescribeImagesCommand({ repositoryName: "shop" })),
  EKS: () => new EKSClient(options()).send(new DescribeClusterCommand({ name: "shop" })),
  SECRETS_MANAGER: () =>
    new SecretsManagerClient(options()).send(new DescribeSecretCommand({ SecretId: "shop" })),
  STS: () => new STSClient(options()).send(new GetCallerIdentityCommand({})),
}

test("there is an endpoint for each service that a deploy calls", () => {
  const names = Object.keys(calls).map((name) => `AWS_ENDPOINT_URL_${name}`)
  expect(Object.keys(endpointsOf("x")).sort()).toEqual(names.sort())
})

test.each(Object.entries(calls))(
  "AWS_ENDPOINT_URL_%s alone brings that client of AWS here",
  async (name, call) => {
    vi.stubEnv(`AWS_ENDPOINT_URL_${name}`, endpointsOf(aws.url)[`AWS_ENDPOINT_URL_${name}`])
    vi.stubEnv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    await call().catch(() => {})
    expect(await aws.requests()).toHaveLength(1)
  },
)
