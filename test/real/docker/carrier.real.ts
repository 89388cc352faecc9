import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { hangMs } from "../hang.ts"
import { type Engine, startEngine } from "./engine.ts"
import { cache } from "./folders.ts"
import { output } from "./process.ts"
import { type Registry, startRegistry } from "./registry.ts"

const root = join(import.meta.dirname, "../../..")
const folder = mkdtempSync(join(tmpdir(), "envseal-carrier-"))
const names = ["linux-x64", "linux-x64-musl", "linux-arm64", "linux-arm64-musl"]
const password = "of one run"

let engine: Engine
let registry: Registry

beforeAll(async () => {
  // What is in them is nothing to the image.
  for (const name of names)
    writeFileSync(join(folder, `envseal-${name}`), `binary for ${name}\n`, { mode: 0o755 })
  engine = await startEngine()
  registry = await startRegistry("releaser", password)
})

afterAll(async () => {
  await registry?.stop()
  await engine?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Copies a file out of an image, as a buildspec does. */
async function fileIn(image: string, path: string, platform = "linux/amd64"): Promise<string> {
  const container = await engine.docker("create", "--platform", platform, image)
  const target = join(folder, "copy")
  await engine.docker("cp", `${container}:${path}`, target)
  await engine.docker("rm", container)
  return readFileSync(target, "utf8")
}

describe("the image that carries the binaries", () => {
  test("builds by the command in the head of docker/envseal.Dockerfile", async () => {
    const head = readFileSync(join(root, "docker/envseal.Dockerfile"), "utf8")
    const [, command = ""] = /^# {5}docker (build .*)$/m.exec(head) ?? []
    const args = command.split(" ").map((word) => (word === "dist/bin" ? folder : word))
    expect(args).toContain(folder)
    const { status, stderr } = await engine.try(args, { cwd: root })
    expect(status, stderr).toBe(0)
    expect(await fileIn("envseal", "/glibc/envseal")).toBe("binary for linux-x64\n")
    await engine.docker("rmi", "envseal")
  })

  test("is made and pushed for both platforms by one command, which prints its digest", async () => {
    const login = ["login", "--username", "releaser", "--password-stdin", registry.host]
    expect((await engine.try(login, { input: password })).status).toBe(0)
    const tag = `${registry.host}/envseal:0.1.0`
    const env = {
      ...process.env,
      ...engine.environment,
      HOME: cache,
      PATH: `${dirname(engine.client)}:${process.env["PATH"]}`,
    } as Record<string, string>
    const args = ["build/image.ts", "--from", folder, "--tag", tag, "--push"]
    const printed = await output(process.execPath, args, { cwd: root, env, timeoutMs: hangMs })
    const name = printed.split("\n").at(-1) ?? ""
    expect(name).toMatch(new RegExp(`^${registry.host}/envseal@sha256:[0-9a-f]{64}$`))

    const index = "application/vnd.docker.distribution.manifest.list.v2+json"
    const { manifests } = (await (
      await registry.get(`/v2/envseal/manifests/${name.split("@")[1]}`, index)
    ).json()) as { manifests: { platform: { os: string; architecture: string } }[] }
    expect(manifests.map(({ platform: { os, architecture } }) => `${os}/${architecture}`)).toEqual([
      "linux/amd64",
      "linux/arm64",
    ])
    for (const [platform, architecture] of [
      ["linux/amd64", "x64"],
      ["linux/arm64", "arm64"],
    ]) {
      await engine.docker("pull", "--quiet", "--platform", platform ?? "", name)
      expect(await fileIn(name, "/glibc/envseal", platform)).toBe(`binary for linux-${architecture}\n`)
      expect(await fileIn(name, "/musl/envseal", platform)).toBe(`binary for linux-${architecture}-musl\n`)
      // This engine keeps one platform under a digest.
      await engine.docker("rmi", name)
    }
    await engine.docker("rmi", `${tag}-amd64`, `${tag}-arm64`)
    await engine.docker("logout", registry.host)
  })
})
