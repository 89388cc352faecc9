import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, test } from "vitest"
import { readBuildspec } from "./buildspec.ts"
import { type Build, runBuild } from "./codebuild.ts"

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function build(phases: object, env: object = {}, variables: Record<string, string> = {}): Promise<Build> {
  const source = mkdtempSync(join(tmpdir(), "envseal-source-"))
  folders.push(source)
  writeFileSync(join(source, "buildspec.yaml"), JSON.stringify({ version: 0.2, env, phases }))
  const machine = { PATH: process.env["PATH"] ?? "", HOME: source }
  return runBuild({ source, variables, machine, commit: "0123456789abcdef" })
}

const commands = (...commands: string[]) => ({ commands })

describe("a build", () => {
  test("hands folder and exported variables from command to command, and no other state of the shell", async () => {
    const { status, log } = await build({
      install: commands(
        "set -u; mkdir sub; cd sub; plain=1; export WORD='two\nlines'",
        'echo "[$(basename "$PWD")][$WORD][$plain]"',
      ),
      build: commands('echo "<$(basename "$PWD")><$WORD>"'),
    })
    expect(status).toBe("SUCCEEDED")
    expect(log).toContain("\n[sub][two\nlines][]\n")
    expect(log).toContain("\n<sub><two\nlines>\n")
  })

  test("takes the status of a block from its last command, unless it says set -e", async () => {
    expect(await build({ build: commands("false\ntrue") })).toMatchObject({ status: "SUCCEEDED" })
    expect(await build({ build: commands("set -e\nfalse\ntrue") })).toMatchObject({ status: "FAILED" })
  })

  test("goes from a failed build to post_build, which can tell, and from no other phase", async () => {
    const post_build = commands('echo "succeeding: $CODEBUILD_BUILD_SUCCEEDING"')
    const failed = await build({ build: commands("exit 3", "echo skipped"), post_build })
    expect(failed).toMatchObject({ status: "FAILED", phases: { build: "FAILED", post_build: "SUCCEEDED" } })
    expect(failed.log).toContain("Reason: exit status 3\n")
    expect(failed.log).toContain("\nsucceeding: 0\n")
    expect(failed.log).not.toContain("Running command echo skipped")
    for (const phase of ["install", "pre_build"]) {
      const { phases } = await build({ [phase]: commands("false"), build: commands("true"), post_build })
      expect(phases).toEqual({ [phase]: "FAILED" })
    }
  })

  test("obeys on-failure, and runs finally after a failure", async () => {
    const aborted = await build({
      build: { ...commands("false"), "on-failure": "ABORT", finally: ["echo at last"] },
      post_build: commands("true"),
    })
    expect(aborted.phases).toEqual({ build: "FAILED" })
    expect(aborted.log).toContain("\nat last\n")
    const continued = await build({
      install: { ...commands("false"), "on-failure": "CONTINUE" },
      build: commands("true"),
    })
    expect(continued).toMatchObject({
      status: "FAILED",
      phases: { install: "FAILED", build: "SUCCEEDED" },
    })
  })

  test("lets the project's variables win, and exports what is set in the end", async () => {
    const { exported } = await build(
      { build: commands("export B=built", "export B=$B-again; C=not-exported") },
      { variables: { A: "buildspec", D: "default" }, "exported-variables": ["A", "B", "C", "D"] },
      { A: "project" },
    )
    expect(exported).toEqual({ A: "project", B: "built-again", D: "default" })
  })

  test("notes what every command was given, and what it left", async () => {
    const { steps } = await build({ build: commands("export A=1", "false", "true") })
    expect(steps.map(({ status, before, after }) => [status, before["A"], after["A"]])).toEqual([
      [0, undefined, "1"],
      [1, "1", "1"],
    ])
  })
})

describe("a buildspec", () => {
  test.each([
    ["another version", { version: 0.1, phases: {} }],
    ["an unknown member", { version: 0.2, phases: {}, artefacts: {} }],
    ["an unknown phase", { version: 0.2, phases: { prebuild: commands("true") } }],
    ["a phase without commands", { version: 0.2, phases: { build: commands() } }],
    ["a command that is no text", { version: 0.2, phases: { build: { commands: [{ a: "b" }] } } }],
    [
      "an exported variable of AWS",
      { version: 0.2, phases: {}, env: { "exported-variables": ["AWS_REGION"] } },
    ],
  ])("with %s is refused", (_, spec) => {
    expect(() => readBuildspec(JSON.stringify(spec))).toThrow("YAML_FILE_ERROR")
  })

  test("is what stands at the top of the repository", () => {
    const spec = readBuildspec(readFileSync(join(import.meta.dirname, "../../../buildspec.yaml"), "utf8"))
    expect(Object.keys(spec.phases)).toEqual(["install", "pre_build", "build", "post_build"])
    expect(spec.exportedVariables).toEqual([
      ...["ENVSEAL_IMAGE", "ENVSEAL_SECRET_VERSION", "ENVSEAL_SEALED_AT", "ENVSEAL_COMMIT"],
    ])
  })
})
