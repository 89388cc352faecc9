import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { environmentFor, type FakeAws, startFakeAwsApart } from "../../fake/aws/client.ts"
import { registryPassword } from "../../fake/aws/ecr.ts"
import type { PolicyDocument } from "../../fake/aws/policy.ts"
import { account, region, type World, withRole, withSecret } from "../../fake/aws/world.ts"
import { productionWorld } from "../../script/aws/world.ts"
import { hangMs } from "../hang.ts"
import { type Build, runBuild } from "./codebuild.ts"
import { type Engine, startEngine } from "./engine.ts"
import { cache, root } from "./folders.ts"
import { type Leak, LeakSearch } from "./leaks.ts"
import { output } from "./process.ts"
import { type Registry, startRegistry } from "./registry.ts"
import { secret } from "./secret.ts"
import { buildStandIns } from "./stand-ins.ts"

export const commit = "0123456789abcdef0123456789abcdef01234567"
export const secretVersion = "00000000-0000-4000-8000-000000000002"

/** A build, and what of the secret was on the machine's disk after it. */
export interface Built extends Build {
  readonly leaksOnDisk: readonly Leak[]
}

/** An app whose repository is set up for envseal, and its secret. */
export interface App {
  readonly secret: Readonly<Record<string, string>>
  /** What is looked for where nothing of it may be: each of its values has one of these in it. */
  readonly marks: Readonly<Record<string, string>>
  /** What of it config/shop.php has. */
  readonly shown: Readonly<Record<string, string>>
  /** Puts the repository into an empty folder. @returns the variables that its project has. */
  lay(source: string, names: UsualNames): Promise<Readonly<Record<string, string>>>
}

/** What is here called otherwise than in buildspec.yaml, by its variables. */
export interface UsualNames extends Readonly<Record<string, string>> {
  readonly ENVSEAL_BINARY: string
  readonly ENVSEAL_REPOSITORY: string
  readonly BASE_IMAGE: string
}

/** docker/app, set up by hand as docs/container.md says. */
export const exampleApp: App = {
  secret,
  marks: secret,
  shown: secret,
  async lay(source, names) {
    cpSync(join(root, "docker/app"), source, { recursive: true })
    cpSync(join(root, "buildspec.yaml"), join(source, "buildspec.yaml"))
    for (const name of ["Dockerfile", "boot.sh", "php-fpm.conf", "php.ini", ".dockerignore"])
      cpSync(join(root, "docker", name), join(source, name))
    return names
  },
}

/** Docker, a registry and an AWS account, with what a build of the app needs of them. */
export interface Shop {
  readonly app: App
  readonly engine: Engine
  readonly registry: Registry
  readonly aws: FakeAws
  readonly world: World
  /** The image that PHP and Laravel are in. */
  readonly baseImage: string
  /** Builds the app by the buildspec, with other variables of the project than the usual ones where they are given. */
  build(variables?: Readonly<Record<string, string>>, prepare?: (source: string) => void): Promise<Built>
  stop(): Promise<void>
}

export async function startShop(app: App = exampleApp): Promise<Shop> {
  await using undo = new AsyncDisposableStack()
  const engine = await startEngine()
  undo.defer(() => engine.stop())
  const registry = await startRegistry("AWS", registryPassword(account))
  undo.defer(() => registry.stop())
  const world = await shopWorld(app)
  const aws = await startFakeAwsApart(world)
  undo.defer(() => aws.stop())
  const baseImage = await importBase(engine)
  await buildStandIns(engine, baseImage)
  undo.defer(() => removeImages(engine, registry.host))
  const binaryImage = await pushBinary(engine, registry)
  const usual = {
    ENVSEAL_BINARY: binaryImage,
    ENVSEAL_REPOSITORY: `${registry.host}/shop`,
    BASE_IMAGE: baseImage,
  }
  const build: Shop["build"] = (variables = {}, prepare = () => {}) =>
    buildApp({ app, engine, aws, usual }, variables, prepare)
  const kept = undo.move()
  return { app, engine, registry, aws, world, baseImage, build, stop: () => kept.disposeAsync() }
}

/** The account of the script tests, with this secret, and a build that may log in to the registry. */
async function shopWorld({ secret }: App): Promise<World> {
  const world = await productionWorld(async (...args) => {
    const program = join(root, "bin/envseal.js")
    return JSON.parse(await output(process.execPath, [program, "policy", ...args])) as PolicyDocument
  })
  const login: PolicyDocument = {
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
  }
  const policies = world.roles.find(({ name }) => name === "build")?.policies ?? []
  const versions = [{ id: secretVersion, stages: ["AWSCURRENT"], string: JSON.stringify(secret) }]
  return {
    ...world,
    ...withRole(world, "build", { policies: [...policies, login] }),
    ...withSecret(world, "shop/production", { versions }),
  }
}

/** @returns the name of the image with Debian's PHP, Laravel and nginx. */
export async function importBase(engine: Engine): Promise<string> {
  await output(join(import.meta.dirname, "base-image.sh"), [], { timeoutMs: 2 * hangMs })
  const name = `envseal-test/base:${(await output("sha256sum", [join(cache, "base.recipe")])).slice(0, 16)}`
  const { status } = await engine.try(["image", "inspect", name])
  if (status !== 0) await engine.docker("import", join(cache, "base.tar"), name)
  return name
}

/** Publishes the image that carries the binary. @returns its name, with the digest. */
async function pushBinary(engine: Engine, { host }: Registry): Promise<string> {
  const name = `${host}/envseal`
  const dockerfile = join(root, "docker/envseal.Dockerfile")
  await engine.docker("build", "--quiet", "--file", dockerfile, "--tag", name, join(root, "dist/bin"))
  const login = ["login", "--username", "AWS", "--password-stdin", host]
  await engine.try(login, { input: registryPassword(account) })
  await engine.docker("push", "--quiet", name)
  await engine.docker("logout", host)
  return await engine.docker("image", "inspect", "--format", "{{index .RepoDigests 0}}", name)
}

async function removeImages(engine: Engine, host: string): Promise<void> {
  const names = await engine.docker("images", "--format", "{{.Repository}}:{{.Tag}}", `${host}/*`)
  const ids = await engine.docker("images", "--quiet", "--no-trunc", `${host}/*`)
  const all = [...new Set(`${names}\n${ids}`.split("\n"))].filter((name) => !/^$|<none>/.test(name))
  if (all.length > 0) await engine.try(["rmi", "--force", ...all])
}

/** The app's repository as a user of envseal sets it up, built on a machine like CodeBuild's. */
async function buildApp(
  { app, engine, aws, usual }: Pick<Shop, "app" | "engine" | "aws"> & { readonly usual: UsualNames },
  variables: Readonly<Record<string, string>>,
  prepare: (source: string) => void,
): Promise<Built> {
  const folder = mkdtempSync(join(tmpdir(), "envseal-shop-"))
  const [source, bin, home, temporary] = ["src", "bin", "home", "tmp"].map((name) => join(folder, name))
  if (!source || !bin || !home || !temporary) throw new Error("no folder")
  for (const path of [source, bin, home, temporary]) mkdirSync(path)
  const project = await app.lay(source, usual)
  symlinkSync(engine.client, join(bin, "docker"))
  symlinkSync(join(root, ".cache/awscli/bin/aws"), join(bin, "aws"))
  prepare(source)
  const machine = {
    PATH: `${bin}:/usr/bin:/bin`,
    HOME: home,
    TMPDIR: temporary,
    LANG: "C.UTF-8",
    AWS_DEFAULT_REGION: region,
    DOCKER_BUILDKIT: "1",
    ...engine.environment,
    ...environmentFor(aws, { via: "container", role: "build", folder: home }),
  }
  try {
    const build = await runBuild({ source, variables: { ...project, ...variables }, machine, commit })
    // The binary was there before the secret was read, and Docker has checked it.
    rmSync(join(home, "bin/envseal"), { force: true })
    return { ...build, leaksOnDisk: leaksBelow(folder, app) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function leaksBelow(folder: string, { marks }: App): Leak[] {
  const search = new LeakSearch(marks)
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return files
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) => search.in(path.slice(folder.length + 1), readFileSync(path)))
}
