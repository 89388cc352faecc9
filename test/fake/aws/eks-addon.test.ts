import { CreateAddonCommand, DescribeAddonCommand, DescribeClusterCommand } from "@aws-sdk/client-eks"
import { afterAll, beforeAll, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { deployWorld, shopCluster } from "./deploy-world.ts"
import { eksAs, sdkFailure } from "./sdk.ts"
import type { Role, World } from "./world.ts"

const admin: Role = {
  name: "admin",
  policies: [{ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "eks:*", Resource: "*" } }],
  mechanisms: ["static"],
}
const cluster = shopCluster("https://127.0.0.1:1", Buffer.from("ca").toString("base64"))
const world: World = {
  ...deployWorld,
  roles: [...deployWorld.roles, admin],
  eksClusters: [{ ...cluster, podIdentityAgent: null, authenticationMode: "CONFIG_MAP" }],
}
const addon = { clusterName: "shop", addonName: "eks-pod-identity-agent" }

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws(world)
})
afterAll(() => aws.stop())

test("the add-on of Pod Identity is found once it was made, and there is no other one", async () => {
  const eks = eksAs(aws, "admin")
  const missing = await sdkFailure(eks.send(new DescribeAddonCommand(addon)))
  expect(missing.name).toBe("ResourceNotFoundException")
  const other = { ...addon, addonName: "vpc-cni" }
  expect((await sdkFailure(eks.send(new CreateAddonCommand(other)))).name).toBe("InvalidParameterException")
  await eks.send(new CreateAddonCommand(addon))
  expect((await eks.send(new DescribeAddonCommand(addon))).addon?.status).toBe("ACTIVE")
  expect((await sdkFailure(eks.send(new CreateAddonCommand(addon)))).name).toBe("ResourceInUseException")
})

test("a cluster says how people get into it, and whether EKS runs its nodes", async () => {
  const eks = eksAs(aws, "admin")
  const found = await eks.send(new DescribeClusterCommand({ name: "shop" }))
  expect(found.cluster?.accessConfig?.authenticationMode).toBe("CONFIG_MAP")
  expect(found.cluster?.computeConfig?.enabled).toBe(false)
})
