import { expect, test } from "vitest"
import { EnvsealError } from "../../../src/core/error.ts"
import type { Folders, WorkTree } from "../../../src/ports/files.ts"
import { lookAtApp, usesHorizon } from "../../../src/setup/run/app-look.ts"
import { lookAroundApp } from "../../../src/setup/run/surroundings-look.ts"
import { laravelFiles } from "../../data/laravel.ts"
import { MemoryRepository } from "../memory-repository.ts"

/** A repository with a file that is larger than any that is read. */
function withLarge(path: string) {
  const { tree, ...ports } = new MemoryRepository({ ...laravelFiles, [path]: "" }).ports
  const look: WorkTree["look"] = async (one) => {
    if (one === path) throw new EnvsealError("INPUT_TOO_LARGE", `${path} is too large`)
    return tree.look(one)
  }
  return { ...ports, tree: { ...tree, look } }
}

test("a lock file of Node counts however large it is, since it is not read", async () => {
  const ports = withLarge("pnpm-lock.yaml")
  expect((await lookAtApp(ports.tree)).app.assets).toMatchObject({
    manager: "pnpm",
    lockFile: "pnpm-lock.yaml",
  })
  expect((await lookAroundApp(ports)).lockFiles).toEqual(["pnpm-lock.yaml"])
})

test("a file that is to be read and is too large is told", async () => {
  await expect(lookAtApp(withLarge("composer.lock").tree)).rejects.toMatchObject({ code: "INPUT_TOO_LARGE" })
})

test("whether an app uses Horizon is known whatever its example is", async () => {
  const files = { "composer.json": '{"require":{"laravel/horizon":"^5.0"}}', ".env.example": 'A="open\n' }
  const { tree } = new MemoryRepository(files).ports
  expect(await usesHorizon(tree)).toBe(true)
  await expect(lookAtApp(tree)).rejects.toMatchObject({ code: "DOTENV_MALFORMED" })
})

test("a recipe deep below more files than are listed is found by its usual name", async () => {
  const recipes = ["services/till/docker/prod/Dockerfile", "services/till/docker/Dockerfile.ci"]
  const { folders, ...ports } = new MemoryRepository(Object.fromEntries(recipes.map((path) => [path, ""])))
    .ports
  const files: Folders["files"] = async (root, endings) =>
    endings.includes("") ? ["public/1.png"] : folders.files(root, endings)
  expect((await lookAroundApp({ ...ports, folders: { files } })).dockerfiles).toEqual(recipes.sort())
})
