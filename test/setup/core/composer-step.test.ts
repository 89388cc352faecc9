import { execFileSync } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { buildspecFor } from "../../../src/setup/core/buildspec.ts"
import { newSite } from "../../../src/setup/core/site.ts"
import { readBuildspec } from "../../real/docker/buildspec.ts"

const site = newSite({ app: "till", environment: "qa", account: "444455556666", region: "us-east-2" })
const options = { baseImage: "php:8.4-fpm", binaryImage: null, composer: true }
const [step = ""] = readBuildspec(buildspecFor([site], options)).phases.pre_build?.commands ?? []

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "envseal-composer-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs the step as CodeBuild does, with a Composer that only tells how it was called. */
function run(composer: string): void {
  const bin = join(folder, "bin")
  mkdirSync(bin)
  writeFileSync(join(bin, "composer"), `#!/bin/sh\n${composer}\n`)
  chmodSync(join(bin, "composer"), 0o755)
  const env = { PATH: `${bin}:/usr/bin:/bin` }
  execFileSync("bash", ["-c", step], { cwd: folder, env, stdio: "ignore" })
}

describe("the first step of a build of init", () => {
  test("brings what the app stands on when the repository has it not", () => {
    run('echo "$@" >called')
    const called = "install --no-dev --no-interaction --prefer-dist --optimize-autoloader\n"
    expect(readFileSync(join(folder, "called"), "utf8")).toBe(called)
  })

  test("brings nothing that is there", () => {
    mkdirSync(join(folder, "vendor"))
    writeFileSync(join(folder, "vendor/autoload.php"), "<?php\n")
    run('echo "$@" >called')
    expect(existsSync(join(folder, "called"))).toBe(false)
  })

  test("ends the build when Composer fails", () => {
    expect(() => run("exit 1")).toThrow()
  })
})
