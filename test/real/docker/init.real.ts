import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { buildTests } from "./build.ts"
import { containerTests } from "./container.ts"
import { configMapOf, podsOf } from "./manifest.ts"
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
    await until("the app to be there", () =>
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

/** What the image of nginx has around the file of its ConfigMap. */
const nginxConfiguration = `pid /tmp/nginx.pid;
daemon off;
error_log stderr;
events {}
http {
  include /etc/nginx/mime.types;
  access_log off;
  client_body_temp_path /tmp/body;
  fastcgi_temp_path /tmp/fastcgi;
  proxy_temp_path /tmp/proxy;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  include /tmp/default.conf;
}
`

describe("nginx in front of it, as web.yaml has it", () => {
  const containers: Container[] = []
  beforeAll(async () => {
    const app = await node.run()
    containers.push(app)
    await node.answering(app)
    const server = configMapOf("web.yaml")["default.conf"] ?? ""
    const script = `cp -Rpf /var/www/html/public /etc/nginx/fastcgi_params /tmp
      printf %s "$1" >/tmp/default.conf
      printf %s "$2" >/tmp/nginx.conf
      exec nginx -e stderr -c /tmp/nginx.conf`
    const files = [server.replace("root /static/public;", "root /tmp/public;"), nginxConfiguration]
    containers.push(await node.run({ entrypoint: ["sh", "-euc", script, "sh", ...files] }))
    await until("nginx to answer", () =>
      node.request("/").then(
        ({ status }) => status === 200,
        () => false,
      ),
    )
  })
  afterAll(async () => {
    for (const container of containers) await container.remove()
  })

  test("answers with a page of Laravel, and with a style sheet for as long as its name stays", async () => {
    expect((await node.request("/")).body).toContain("<h1>Käse")
    const { status, headers, body } = await node.request("/build/assets/app-0a1b2c3d.css")
    expect({ status, body: body.trim() }).toEqual({ status: 200, body: styleSheet })
    expect(headers).toMatchObject({ "content-type": "text/css", "cache-control": "max-age=31536000" })
  })

  test("shows no code", async () => {
    for (const path of ["/index.php", "/index.php/x", "/build/../index.php"])
      expect((await node.request(path)).body, path).not.toContain("<?php")
  })

  test("alone says how large an upload may be: PHP's own limit of 8 MB is none", async () => {
    const mega = 1024 * 1024
    expect((await node.request("/", 9 * mega)).status).toBe(405)
    expect((await node.request("/", 11 * mega)).status).toBe(413)
  })
})
