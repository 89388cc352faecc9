import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, test } from "vitest"
import { version } from "../../src/core/version.ts"
import { scriptRunBy } from "../docs/page-commands.ts"
import { type Run, type Sandbox, sandbox } from "../script/harness.ts"
import { runScript } from "../script/pages/page.ts"
import { output } from "./docker/process.ts"

const root = join(import.meta.dirname, "../..")
const python = join(root, ".cache/sigstore/bin/python")
const binary = `envseal-${process.platform}-${process.arch}`
const commands = scriptRunBy("test/real/provenance.real.ts", "SECURITY.md")
const repository = "example/envseal"
const workflowAt = (tag: string, of = repository) =>
  `https://github.com/${of}/.github/workflows/release.yml@refs/tags/${tag}`

/** A folder of a release, whose binary is the one of this machine. */
async function release(folder: string, workflow: string, of = repository): Promise<string> {
  mkdirSync(folder)
  for (const name of [binary, "SHA256SUMS"]) copyFileSync(join(root, "dist/bin", name), join(folder, name))
  const files = [binary, "SHA256SUMS"].map((name) => join(folder, name))
  await output(python, [join(import.meta.dirname, "provenance/attest.py"), folder, workflow, of, ...files])
  return folder
}

const files = [binary, "SHA256SUMS", "envseal.sigstore.json"]

function download(from: string): Sandbox {
  const box = sandbox()
  for (const name of files) copyFileSync(join(from, name), box.path(name))
  return box
}

/** Runs what the page prints. @param trust what to trust in the place of Sigstore's own authority; `null` for that one. */
async function verify(box: Sandbox, trust: string | null, script = commands): Promise<Run> {
  const before = trust === null ? "" : `--trust-config "${trust}"`
  const own = { "OWNER/REPOSITORY": repository, "envseal-linux-x64": binary }
  const programs = { sigstore: `exec "${join(root, ".cache/sigstore/bin/sigstore")}" ${before} "$@"\n` }
  return await runScript(script, { box, programs, own })
}

describe("a binary of a release, verified by the commands that SECURITY.md prints,", () => {
  let folder: string
  let trust: string
  beforeAll(async () => {
    folder = await release(sandbox().path("release"), workflowAt("v0.1.0"))
    trust = join(folder, "trust.json")
  })

  test("is accepted with its checksum and its provenance, and starts", async () => {
    const box = download(folder)
    const run = await verify(box, trust)
    expect(run.status, run.stderr).toBe(0)
    expect(run.stdout).toContain(`${binary}: OK\n`)
    expect(run.stderr).toContain(`OK: ${binary}\n`)
    const started = await box.run("sh", ["-c", `chmod +x ${binary} && ./${binary} --version`])
    expect(started.stdout).toContain(version)
  })

  test("is refused by each command when one byte of it was changed", async () => {
    const box = download(folder)
    const bytes = readFileSync(box.path(binary))
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    writeFileSync(box.path(binary), bytes)
    const [checksum = "", provenance = ""] = commands.split(/^(?=sigstore)/m)
    const run = await box.run("bash", ["-c", checksum])
    expect([run.status, run.stdout]).toEqual([1, expect.stringContaining(`${binary}: FAILED\n`)])
    const refused = await verify(box, trust, provenance)
    expect(refused.status).not.toBe(0)
    expect(refused.stderr).not.toContain("OK:")
  })

  test.each([
    ["another tag", workflowAt("v0.2.0"), repository],
    ["another workflow", workflowAt("v0.1.0").replace("release.yml", "other.yml"), repository],
    ["another repository", workflowAt("v0.1.0", "mallory/envseal"), "mallory/envseal"],
  ])("is refused when %s made it", async (_, workflow, of) => {
    const other = await release(sandbox().path("release"), workflow, of)
    const run = await verify(download(other), join(other, "trust.json"))
    expect(run.status).not.toBe(0)
    expect(run.stdout).toContain(`${binary}: OK\n`)
    expect(run.stderr).not.toContain("OK:")
  })

  test("is refused when its provenance comes from an authority that is not trusted", async () => {
    const other = await release(sandbox().path("release"), workflowAt("v0.1.0"))
    for (const trusted of [join(other, "trust.json"), null]) {
      const run = await verify(download(folder), trusted)
      expect(run.status).not.toBe(0)
      expect(run.stderr).not.toContain("OK:")
    }
  })
})
