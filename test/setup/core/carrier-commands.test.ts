import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { version } from "../../../src/core/version.ts"
import { carrierCommands } from "../../../src/setup/core/carrier-commands.ts"

const registry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
const pushed = `${registry}/envseal@sha256:${"1".repeat(64)}`
const buildspec = `env:\n  variables:\n    # The image.\n    ENVSEAL_BINARY: ${registry}/envseal@sha256:${"0".repeat(64)}\n    A: b\n`

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "envseal-carrier-"))
  mkdirSync(join(folder, "bin"))
  mkdirSync(join(folder, "a clone"))
  writeFileSync(join(folder, "buildspec.yaml"), buildspec)
  stub("aws", "echo password")
  stub("docker", "cat >/dev/null")
  stub("npm", `[ "$1" = ci ] && echo added || { echo built; echo ${pushed}; }`)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A program that writes down how it is called, and where. */
function stub(name: string, script: string): void {
  const log = `echo "$(basename "$PWD"): ${name} $*" >> "${join(folder, "calls")}"`
  writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${log}\n${script}\n`, { mode: 0o755 })
}

/** Pastes the commands at the top of a repository. */
function paste(repository: string): readonly string[] {
  const place = { repository, region: "eu-west-1", clone: join(folder, "a clone") }
  const env = { PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}` }
  spawnSync("sh", ["-c", carrierCommands(place).join("\n")], { cwd: folder, env, encoding: "utf8" })
  return readFileSync(join(folder, "calls"), "utf8").trimEnd().split("\n")
}

const left = () => readFileSync(join(folder, "buildspec.yaml"), "utf8")

describe("the commands that push the image with envseal", () => {
  test("make its repository, sign in, push, and put the digest into the buildspec", () => {
    const top = folder.split("/").at(-1)
    const place = "--region eu-west-1"
    expect(paste(`${registry}/team/shop`)).toEqual([
      `${top}: aws ecr create-repository ${place} --image-tag-mutability IMMUTABLE --repository-name envseal`,
      expect.stringMatching(/aws ecr get-login-password|docker login/),
      expect.stringMatching(/aws ecr get-login-password|docker login/),
      "a clone: npm ci --silent",
      `a clone: npm run --silent image -- --tag ${registry}/envseal:${version} --push`,
    ])
    expect(left()).toBe(buildspec.replace("0".repeat(64), "1".repeat(64)))
    expect(execFileSync("ls", [folder], { encoding: "utf8" })).not.toContain(".bak")
  })

  test.each([
    ["the push fails", "npm", '[ "$1" = ci ] || { echo denied; exit 1; }'],
    ["what it needs cannot be had", "npm", "exit 1"],
  ])("leave the buildspec as it is when %s", (_, name, script) => {
    stub(name, script)
    paste(`${registry}/shop`)
    expect(left()).toBe(buildspec)
  })

  test("sign in to a registry that is not ECR's by themselves, and make no repository there", () => {
    const calls = paste("ghcr.io/team/shop")
    expect(calls.join("\n")).not.toContain("aws ")
    expect(calls[0]).toMatch(/: docker login ghcr\.io$/)
    expect(calls.at(-1)).toContain(`--tag ghcr.io/envseal:${version} --push`)
  })
})
