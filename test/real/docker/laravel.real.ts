import { afterAll, beforeAll } from "vitest"
import { badInputTests } from "./bad-input.ts"
import { buildTests, rebuildTests } from "./build.ts"
import { commandTests, containerTests } from "./container.ts"
import { Node } from "./pod.ts"
import { type Built, exampleApp, type Shop, startShop } from "./shop.ts"

// From a secret in Secrets Manager, by buildspec.yaml and docker/Dockerfile, to a Laravel in a container.

let shop: Shop
let build: Built
let node: Node
beforeAll(async () => {
  shop = await startShop()
  build = await shop.build()
  if (build.status !== "SUCCEEDED") throw new Error(build.log)
  node = await Node.start(shop, build.exported["ENVSEAL_IMAGE"] ?? "")
})
afterAll(async () => {
  await node?.stop()
  await shop?.stop()
})

containerTests(exampleApp, () => node)
commandTests(() => node)
badInputTests(() => node)
buildTests(
  exampleApp,
  () => shop,
  () => build,
)
// Last, because they build again.
rebuildTests(
  exampleApp,
  () => shop,
  () => build,
)
