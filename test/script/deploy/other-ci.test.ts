import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { parse } from "yaml"
import { shellWord } from "../../../src/core/shell.ts"
import { blocksOf } from "../../docs/markdown.ts"
import { environmentFor } from "../../fake/aws/client.ts"
import { builtDigest, deployer, deployWorld, successPlay } from "../../fake/aws/deploy-world.ts"
import { withRole } from "../../fake/aws/world.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import { newImage, oldImage, oldPush, type Stage, startStage } from "./stage.ts"

const page = readFileSync(join(import.meta.dirname, "../../../docs/other-ci.md"), "utf8")
const files = blocksOf(page, "yaml")

/** The command of a file that deploys; there is one in each. */
function deployStep(mark: string): string {
  const text = files.find((one) => one.includes(mark)) ?? ""
  parse(text)
  const [line = "", ...others] = text.split("\n").filter((one) => one.includes("envseal deploy "))
  expect([line, others]).toEqual([expect.stringContaining("envseal deploy "), []])
  return line.replace(/^\s*(?:- |run: )/, "")
}

const mechanisms = ["static", "web-identity", "container"] as const
const tag = "build-1"
const log = ["Running migrations."]

async function ciStage(): Promise<Stage> {
  const image = { digest: builtDigest, tags: [tag], pushedAt: "2026-01-02T03:04:05Z" }
  const stage = await startStage({
    builds: [successPlay()],
    world: {
      ...withRole(deployWorld, deployer.name, { mechanisms: [...mechanisms] }),
      repositories: [{ name: "shop", images: [oldPush, image] }],
    },
    setup: { plays: { [newImage]: { do: "ready", log } } },
    settings: `    hooks:
      before:
        - name: migrate
          workload: deployment/web
          command: [migrate]
`,
  })
  await stage.cluster.deploy(deployment("web", { image: oldImage }))
  const { box } = stage
  mkdirSync(box.path("bin"))
  const words = box.command([]).map(shellWord).join(" ")
  writeFileSync(box.path("bin/envseal"), `#!/bin/sh\nexec ${words} "$@"\n`)
  chmodSync(box.path("bin/envseal"), 0o755)
  return stage
}

test.each([
  ["GitHub Actions", "runs-on:", "web-identity", { GITHUB_ACTIONS: "true", GITHUB_SHA: tag }, "::group::"],
  ["GitLab", "id_tokens:", "web-identity", { GITLAB_CI: "true", CI_COMMIT_SHA: tag }, "section_start:"],
  ["CodeBuild", "phases:", "container", { CODEBUILD_BUILD_ID: "deploy:1", IMAGE_TAG: tag }, null],
] as const)(
  "the deploy step of %s deploys, by the credentials of such a job",
  async (_, mark, via, variables, group) => {
    await using stage = await ciStage()
    const { box } = stage
    const env = {
      ...environmentFor(stage.aws, { via, role: deployer.name, folder: box.folder }),
      ...{ KUBECONFIG: stage.env["KUBECONFIG"] ?? "", ENVSEAL_ENVIRONMENT: "production", ...variables },
      PATH: `${box.path("bin")}:${process.env["PATH"]}`,
    }
    const run = await box.run("sh", ["-euc", deployStep(mark)], { env })
    expect(run.status, run.stderr).toBe(0)
    expect(await stage.cluster.podImages("web")).toEqual([newImage])
    expect(run.stderr).toContain(`| ${log[0]}`)
    if (group !== null) expect(run.stderr).toContain(`${group}`)
    else expect(run.stderr).not.toMatch(/::group::|section_start/)
    const plain = run.stderr.replace(/\u001b\[0Ksection_\w+:[^\r]*\r\u001b\[0K/g, "")
    expect(plain, "no cursor moves, no colours").not.toMatch(/[\u001b\r]/)
  },
)
