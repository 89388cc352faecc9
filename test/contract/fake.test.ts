import { afterAll, beforeAll } from "vitest"
import { environmentFor, type FakeAws, startFakeAws } from "../fake/aws/client.ts"
import { appKey, defaultWorld, type World } from "../fake/aws/world.ts"
import { sandbox } from "../script/harness.ts"
import { awsContract, clientsOf, type Subject } from "./aws.ts"

const everything = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
} as const
const world: World = {
  ...defaultWorld,
  roles: [{ name: "all", policies: [everything], mechanisms: ["static"] }],
}

let aws: FakeAws
let subject: Subject
beforeAll(async () => {
  aws = await startFakeAws(world)
  const env = environmentFor(aws, { via: "static", role: "all", folder: sandbox().folder })
  const credentials = {
    accessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "",
    secretAccessKey: env["AWS_SECRET_ACCESS_KEY"] ?? "",
    sessionToken: env["AWS_SESSION_TOKEN"] ?? "",
  }
  subject = { ...clientsOf(aws.url, credentials), keyArn: appKey, alias: "alias/envseal" }
})
afterAll(() => aws.stop())

awsContract("the fake", () => subject)
