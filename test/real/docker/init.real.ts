import { afterAll, beforeAll } from "vitest"
import { buildTests } from "./build.ts"
import { containerTests } from "./container.ts"
import { newApp } from "./new-app.ts"
import { Node } from "./pod.ts"
import { type Built, type Shop, startShop } from "./shop.ts"

// A new Laravel app, set up by `envseal init`, does what the example does: the same tests with its files.

let shop: Shop
let build: Built
let node: Node
beforeAll(async () => {
  shop = await startShop(newApp)
  build = await shop.build()
  if (build.status !== "SUCCEEDED") throw new Error(build.log)
  node = await Node.start(shop, build.exported["ENVSEAL_IMAGE"] ?? "")
})
afterAll(async () => {
  await node?.stop()
  await shop?.stop()
})

containerTests(newApp, () => node)
buildTests(
  newApp,
  () => shop,
  () => build,
)
