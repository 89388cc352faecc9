import { readFileSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { firstFiles } from "../../data/first-version.ts"
import { laravelFiles } from "../../data/laravel.ts"
import { boxOf, env, filesOf } from "./box.ts"

const box = () => boxOf({ ...laravelFiles, ...firstFiles })
const edited = "kubernetes/production/worker.yaml"

describe.concurrent("envseal init --update of a repository of 0.1.0", () => {
  test("with --yes updates what nobody has changed, leaves the rest, and passes doctor --offline", async () => {
    const repository = box()
    const text = (firstFiles[edited] ?? "").replace("replicas: 1", "replicas: 3")
    writeFileSync(repository.path(edited), text)
    const before = await repository.envseal(["doctor", "--offline", "--json"], { env })
    expect(before.stdout).toContain('"answer":"no"')
    const run = await repository.envseal(["init", "--update", "--yes"], { env })
    expect(run.status, run.stderr).toBe(0)
    expect(run.stdout).toContain("php-fpm.conf: updated; nobody had changed it\n")
    expect(run.stdout).toContain(`${edited}: left as it is\n`)
    expect(run.stderr).toContain(`decide on what was changed and is left as it is: ${edited}.`)
    expect(readFileSync(repository.path(edited), "utf8")).toBe(text)
    expect(readFileSync(repository.path("envseal.yaml"), "utf8")).toBe(firstFiles["envseal.yaml"])
    const settings = (firstFiles["envseal.yaml"] ?? "").replace(
      "- deployment/till-web",
      "- { deployment: till-web, withoutOpen: [public] }",
    )
    writeFileSync(repository.path("envseal.yaml"), settings)
    const after = await repository.envseal(["doctor", "staging", "--offline", "--json"], { env })
    expect(after.stdout).not.toContain('"answer":"no"')
    expect(after.status).toBe(0)
  })

  test("without a terminal and without --yes writes nothing, and says how to go on", async () => {
    const repository = box()
    const files = filesOf(repository)
    const run = await repository.envseal(["init", "--update"], { env })
    expect([run.status, run.stdout]).toEqual([2, ""])
    expect(run.stderr).toContain("--yes takes what nobody has changed, --dry-run shows all of it")
    expect(filesOf(repository)).toEqual(files)
  })

  test("with --dry-run writes nothing, and shows each difference", async () => {
    const repository = box()
    const files = filesOf(repository)
    const run = await repository.envseal(["init", "--update", "--dry-run"], { env })
    expect(run.status, run.stderr).toBe(0)
    expect(run.stdout).toContain("-listen = 9000")
    expect(run.stdout).toContain("+listen = 127.0.0.1:9000")
    expect(filesOf(repository)).toEqual(files)
  })

  test("takes no answers, which the settings have", async () => {
    const run = await box().envseal(["init", "--update", "--app", "shop"], { env })
    expect([run.status, run.stdout]).toEqual([2, ""])
    expect(run.stderr).toContain("--update")
  })
})
