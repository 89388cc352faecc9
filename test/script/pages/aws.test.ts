import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { laravelFiles } from "../../data/laravel.ts"
import { blocksOf } from "../../docs/markdown.ts"
import { readPage } from "../../docs/page-commands.ts"
import { pushImage } from "../../fake/aws/pushed-image.ts"
import { jq } from "../reseal/jq.ts"
import { appImage, newDotenv, opened, pulled, restock, startStage } from "../reseal/stage.ts"
import { give, runPage } from "./page.ts"
import { currentOf, editorPlace, productionPlace, secretSettings } from "./places.ts"

const example = { ".env.example": "APP_KEY=\nDB_PASSWORD=\n" }
const old = { "shop/production": '{"APP_KEY":"base64:old=","DB_PASSWORD":"one"}' }
const yes = ["(y/N)", "y"] as const

// `script` of util-linux, and memory at /dev/shm.
const onLinux = test.skipIf(process.platform !== "linux")

describe.concurrent("the commands of a page run as pasted, beside a fake AWS:", () => {
  test("docs/aws.md seals, opens for php-fpm, and prints the policies", async () => {
    await using place = await productionPlace()
    const run = await runPage("docs/aws.md", place)
    expect(run.status, run.stderr).toBe(0)
    expect(run.stdout).toMatch(/^APP_KEY=base64:abc=\nDB_PASSWORD="it's \\\$5"\n\{/)
    expect(run.stdout.split(/^(?=\{)/m)).toHaveLength(6)
  })

  test("docs/config.md seals by the settings that it shows", async () => {
    const [settings = ""] = blocksOf(readPage("docs/config.md"), "yaml")
    await using place = await productionPlace({ "envseal.yaml": settings })
    const run = await runPage("docs/config.md", place)
    expect(run.status, run.stderr).toBe(0)
    const asked = (await place.aws.requests()).map(({ operation }) => operation)
    expect(asked.filter((name) => name === "Encrypt")).toHaveLength(2)
    expect(run.left).toEqual([".env.sealed"])
  })

  onLinux("docs/secrets.md edits, and gives APP_KEY another value that keeps the one before", async () => {
    await using place = await editorPlace(old, { "envseal.yaml": secretSettings })
    const programs = { editor: `sed -i 's/=one$/=two/' "$1"\n` }
    const env = { ...place.env, EDITOR: "editor" }
    const run = await runPage("docs/secrets.md", { ...place, env, programs, answers: [yes, yes] })
    expect(run.status, run.stderr).toBe(0)
    expect(await currentOf(place, "shop/production")).toEqual({
      APP_KEY: expect.stringMatching(/^base64:.{44}$/),
      APP_PREVIOUS_KEYS: "base64:old=",
      DB_PASSWORD: "two",
    })
  })

  test("docs/migrate.md takes over a .env, and then another secret", async () => {
    const values = { ...old, "old/production": '{"DB_PASSWORD":"three"}' }
    const files = { "envseal.yaml": secretSettings, ".env.production": "DB_PASSWORD='two'\n" }
    await using place = await editorPlace(values, files)
    const run = await runPage("docs/migrate.md", place)
    expect(run.status, run.stderr).toBe(0)
    expect(await currentOf(place, "shop/production")).toEqual({
      APP_KEY: "base64:old=",
      DB_PASSWORD: "three",
    })
    expect((await place.aws.world()).secrets[0]?.versions.map(({ string }) => string)).toContain(
      '{"APP_KEY":"base64:old=","DB_PASSWORD":"two"}',
    )
  })

  onLinux(
    "docs/setup.md sets up a repository and an environment, and gives it its secret in an editor, and from a file",
    async () => {
      const files = { ...laravelFiles, ...example, ".env.qa": "APP_KEY=base64:qa=\nDB_PASSWORD=two\n" }
      await using place = await editorPlace({ "shop/qa": null }, files)
      const programs = {
        editor: `for file; do :; done\ngrep -q '^DB_PASSWORD=$' "$file" && sed -i 's/=$/=one/' "$file"\n`,
      }
      const env = { ...place.env, EDITOR: "editor" }
      const run = await runPage("docs/setup.md", { ...place, env, programs, answers: [yes, yes] })
      expect(run.status, run.stderr).toBe(0)
      expect(run.left).toEqual(
        expect.arrayContaining(["Dockerfile", "buildspec.yaml", "envseal", "envseal.yaml", "kubernetes"]),
      )
      expect(await currentOf(place, "shop/qa")).toEqual({ APP_KEY: "base64:qa=", DB_PASSWORD: "two" })
    },
  )

  test("docs/reseal.md reseals, by itself and in a build", async () => {
    const stage = await startStage()
    try {
      const push = pushImage(appImage(stage.old))
      await restock(stage, [push])
      const settings = readFileSync(join(import.meta.dirname, "../../../docker/app/envseal.yaml"), "utf8")
      const env = {
        ...stage.as("build"),
        ENVSEAL_ENVIRONMENT: "production",
        ENVSEAL_RESEAL_FROM: push.digest,
        CODEBUILD_BUILD_ID: "shop:1b2c3d4e",
      }
      const box = give(stage.box, { "envseal.yaml": settings, ...example })
      const run = await runPage("docs/reseal.md", {
        box,
        env,
        programs: { jq },
        own: { "sha256:4be1…": push.digest },
      })
      expect(run.status, run.stderr).toBe(0)
      for (const tag of ["build-42", "build-1b2c3d4e"]) {
        const made = await pulled(stage, tag)
        expect(await opened(stage, made?.sealed?.content ?? new Uint8Array())).toBe(newDotenv)
      }
    } finally {
      await stage.aws.stop()
    }
  })
})
