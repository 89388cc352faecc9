import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { exampleOf } from "../../../src/dotenv/example.ts"
import {
  type Database,
  type DatabasePlace,
  databasePlace,
  settingsOf,
  startDatabase,
} from "../chain/database.ts"
import { makePublicImages, replacements } from "../chain/public-images.ts"
import { type Engine, startEngine } from "../docker/engine.ts"
import { root } from "../docker/folders.ts"
import { output } from "../docker/process.ts"
import { importBase } from "../docker/shop.ts"
import { hangMs } from "../hang.ts"
import { laravel8Replacements, makeLaravel8Image } from "./laravel8-image.ts"
import { type Repository, repositories } from "./repositories.ts"
import { ServedPod } from "./served-pod.ts"

// `envseal init` in repositories of many shapes: each is built by its Dockerfile and served by its manifests, without a
// network, and with no edit by hand.

const context = "app=till,environment=production"
const binaryImage = "envseal-test/binary:shapes"

const stack = new AsyncDisposableStack()
const folder = mkdtempSync(join(tmpdir(), "envseal-shapes-"))
stack.defer(() => rmSync(folder, { recursive: true, force: true }))
let engine: Engine
let databaseAt: DatabasePlace
let database: Database
let identity: string
let recipient: string

beforeAll(async () => {
  engine = await startEngine()
  stack.defer(() => engine.stop())
  stack.defer(async () => {
    await engine.try(["rmi", "--force", ...repositories.map((_, at) => imageOf(at))])
  })
  await makePublicImages(engine)
  await makeLaravel8Image(engine, await importBase(engine))
  const dockerfile = join(root, "docker/envseal.Dockerfile")
  const place = ["--file", dockerfile, "--tag", binaryImage, join(root, "dist/bin")]
  await engine.docker("build", "--quiet", ...place)
  databaseAt = await databasePlace("127.0.0.1")
  database = await startDatabase(databaseAt, "127.0.0.1/32")
  stack.defer(() => database.stop())
  // The app comes to its socket as another user.
  chmodSync(database.folder, 0o711)
  recipient = (await envseal(folder, "keygen", "--out", join(folder, "identity"))).trim()
  identity = readFileSync(join(folder, "identity"), "utf8")
  const others = replacements.filter((one) => !one.startsWith("ECR:"))
  const own = [
    ...laravel8Replacements,
    "Secrets Manager and KMS: a file with the secret, and a private key in the pod",
    "the kubelet: Docker, with the user, volumes, limits and files of web.yaml",
  ]
  console.log(["replaced around the generated files:", ...others, ...own].join("\n  "))
})
afterAll(() => stack.disposeAsync())

function imageOf(at: number): string {
  return `envseal-test/shape:${at}`
}

function envseal(cwd: string, ...args: readonly string[]): Promise<string> {
  return output(process.execPath, [join(root, "bin/envseal.js"), ...args], { cwd })
}

/** The secret of an app: all that its example asks for. */
function secretOf(app: string, { secret }: Repository): string {
  const values = {
    ...Object.fromEntries(exampleOf(readFileSync(join(app, ".env.example"), "utf8"), ".env.example")),
    ...{ APP_NAME: "Shapes & co", APP_ENV: "production", APP_DEBUG: "false" },
    ...{ APP_KEY: `base64:${Buffer.alloc(32, 7).toString("base64")}`, APP_URL: "https://till.example" },
    ...(Object.keys(secret).length === 0 ? { ...settingsOf(databaseAt), DB_HOST: "/database" } : secret),
  }
  return JSON.stringify(values)
}

/** Does what buildspec.yaml does: seals, then builds. @returns the image. */
async function build(app: string, repository: Repository, at: number): Promise<string> {
  const secret = join(folder, `secret-${at}.json`)
  writeFileSync(secret, secretOf(app, repository))
  const sealing = ["--from", `file:${secret}`, "--recipient", recipient, "--context", context]
  await envseal(app, "seal", ...sealing, "--require", ".env.example", "--out", ".env.sealed")
  const name = imageOf(at)
  const args = ["build", "--tag", name, "--build-arg", `ENVSEAL_BINARY=${binaryImage}`, app]
  const { status, stdout, stderr } = await engine.try(args, { timeoutMs: hangMs })
  if (status !== 0) throw new Error(`${stdout}${stderr}`.slice(-8000))
  return name
}

describe.each(repositories.map((one, at) => ({ ...one, at })))("$name", (repository) => {
  test("is set up, built and served: its page, /up and a file of public/", async () => {
    const source = join(folder, `repository-${repository.at}`)
    const app = join(source, repository.app)
    mkdirSync(source)
    repository.lay(source)
    const account = ["--account", "111122223333", "--region", "eu-west-1", "--eks", "main"]
    await envseal(app, "init", "--yes", "--app", "till", ...account)
    for (const [path, text] of Object.entries(repository.has))
      expect(readFileSync(join(app, path), "utf8"), path).toContain(text)
    const image = await build(app, repository, repository.at)
    const manifest = readFileSync(join(app, "kubernetes/production/web.yaml"), "utf8")
    const folders = { "/database": database.folder }
    await using pod = await ServedPod.start(engine, manifest, { image, identity, folders })
    for (const command of repository.before) await pod.exec(...command)
    for (const [path, text] of Object.entries(repository.shows)) {
      const page = await pod.get(path)
      expect(page.status, `${path}: ${page.body}\n${await pod.said()}`).toBe(200)
      expect(page.body, path).toMatch(text)
    }
    const { body } = await pod.get("/")
    for (const [, asset = ""] of body.matchAll(/(?:href|src)="https:\/\/till\.example(\/build\/[^"]+)"/g)) {
      const { status, type } = await pod.get(asset)
      expect({ asset, status }).toEqual({ asset, status: 200 })
      expect(type).toMatch(asset.endsWith(".css") ? "text/css" : "javascript")
    }
  })
})
