import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { pushImage } from "../../fake/aws/pushed-image.ts"
import { runBuild } from "../../real/docker/codebuild.ts"
import { jq } from "./jq.ts"
import {
  appImage,
  commit,
  newDotenv,
  opened,
  pulled,
  restock,
  type Stage,
  shop,
  startStage,
} from "./stage.ts"

const root = join(import.meta.dirname, "../../..")

/** Notes what it is asked, lets envseal be copied out of its image, and can neither build nor push. */
const docker = `#!/bin/sh
echo "$1" >>"$HOME/docker.log"
case "$1" in
  login) cat >/dev/null ;;
  logout | rm) ;;
  create) echo 1a2b ;;
  cp) cp "$HOME/envseal" "$3" ;;
  *) exit 1 ;;
esac
`
const aws = "#!/bin/sh\necho password\n"

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.aws.stop())

test("the buildspec reseals instead of building when a deploy names the digest to reseal", async () => {
  const push = pushImage(appImage(stage.old))
  await restock(stage, [push])
  const { box } = stage
  const command = box.command([]).map((word) => `'${word}'`)
  for (const folder of ["home", "tools", "source"]) mkdirSync(box.path(folder))
  const program = (name: string, text: string) => {
    writeFileSync(box.path(name), text)
    chmodSync(box.path(name), 0o755)
  }
  program("tools/docker", docker)
  program("tools/aws", aws)
  program("tools/jq", jq)
  program("home/envseal", `#!/bin/sh\nexec ${command.join(" ")} "$@"\n`)
  cpSync(join(root, "buildspec.yaml"), box.path("source/buildspec.yaml"))
  cpSync(join(root, "docker/app/envseal.yaml"), box.path("source/envseal.yaml"))
  writeFileSync(box.path("source/.env.example"), "APP_KEY=\nDB_PASSWORD=\n")
  const build = await runBuild({
    source: box.path("source"),
    variables: { ENVSEAL_RESEAL_FROM: push.digest },
    machine: {
      ...stage.as("build", "container"),
      PATH: `${box.path("tools")}:${process.env["PATH"] ?? ""}`,
      HOME: box.path("home"),
    },
    commit,
  })
  expect([build.status, build.log]).toEqual(["SUCCEEDED", build.log])
  const tag = `build-${build.id.split(":").at(-1)}`
  const made = await pulled(stage, tag)
  expect(build.exported).toMatchObject({
    ENVSEAL_IMAGE: `${shop}@${made?.digest}`,
    ENVSEAL_SECRET_VERSION: "00000000-0000-4000-8000-000000000003",
    ENVSEAL_COMMIT: commit,
  })
  expect(Date.parse(build.exported["ENVSEAL_SEALED_AT"] ?? "")).not.toBeNaN()
  expect(await opened(stage, made?.sealed?.content ?? Buffer.alloc(0))).toBe(newDotenv)
  const asked = readFileSync(box.path("home/docker.log"), "utf8").trim().split("\n")
  expect(asked).toEqual(["login", "create", "cp", "rm", "logout"])
  expect(build.log).not.toContain("hunter2")
})
