import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { buildTests } from "./build.ts"
import { containerTests } from "./container.ts"
import { podsOf } from "./manifest.ts"
import { newApp } from "./new-app.ts"
import { type Container, Node } from "./pod.ts"
import { until } from "./process.ts"
import { type Built, type Shop, startShop } from "./shop.ts"
import { styleSheet } from "./stand-ins.ts"

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

describe("the image of a new app", () => {
  let container: Container
  beforeAll(async () => {
    container = await node.run({ command: ["sleep", "60"] })
    // Process 1 becomes it once the configuration is open and cached.
    await until("the app to be there", 20_000, () =>
      container.exec(["test", "-e", "/run/envseal/config.php"]).then(
        () => true,
        () => false,
      ),
    )
  })
  afterAll(() => container?.remove())

  test("has the assets that were built, and hands them on to nginx as the init container does", async () => {
    const [copy] = podsOf("web.yaml")[0]?.initContainers ?? []
    await container.exec((copy?.command ?? []).map((word) => (word === "/static" ? "/tmp" : word)))
    const style = "/tmp/public/build/assets/app-0a1b2c3d.css"
    expect(await container.exec(["cat", style])).toBe(styleSheet)
    expect(await container.exec(["ls", "/tmp/public"])).toBe("build\nindex.php")
  })

  test("has nothing that only the build needs", async () => {
    const names = (await container.exec(["ls", "-A"])).split("\n")
    expect(names).toContain("artisan")
    for (const name of ["package.json", "node_modules", "boot.sh", "php.ini", "php-fpm.conf", "Dockerfile"])
      expect(names).not.toContain(name)
    const composer = await container.exec(["sh", "-c", "command -v composer npm || true"])
    expect(composer).toBe("")
  })

  test("has the drivers of its database, and PHP as it should be where visitors are", async () => {
    const code = `echo json_encode([extension_loaded("pdo_mysql"), extension_loaded("pdo_pgsql"), extension_loaded("pcntl"),
      ini_get("zend.exception_ignore_args"), ini_get("display_errors"), ini_get("opcache.validate_timestamps")]);`
    expect(JSON.parse(await container.exec(["php", "-r", code]))).toEqual([true, true, true, "1", "", "0"])
  })
})
