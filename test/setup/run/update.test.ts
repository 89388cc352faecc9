import { describe, expect, test } from "vitest"
import type { Asker, Choice } from "../../../src/ports/asker.ts"
import { type UpdatePorts, update } from "../../../src/setup/run/update.ts"
import { firstFiles } from "../../data/first-version.ts"
import { failureOf } from "../../fake/failure.ts"
import { MemoryRepository } from "../memory-repository.ts"

const written = [
  ...["buildspec.yaml", "Dockerfile", "boot.sh", "php-fpm.conf", ".dockerignore"],
  ...["production", "staging"].flatMap((environment) =>
    ["service-account", "web", "worker", "schedule"].map((part) => `kubernetes/${environment}/${part}.yaml`),
  ),
]
const added = ["php.ini", ".gitattributes"]
const key = "arn:aws:kms:eu-central-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"

/** A repository of 0.1.0, and a person who gives one answer, or nobody. */
class Place {
  readonly repository: MemoryRepository
  readonly asked: string[] = []
  readonly shown: string[] = []
  #answer: string | null

  constructor(changed: Readonly<Record<string, string>> = {}, answer: string | null = null) {
    this.repository = new MemoryRepository({ ...firstFiles, ...changed })
    this.#answer = answer
  }

  update(dryRun = false) {
    return update({ dryRun }, this.#ports())
  }

  text(path: string): string {
    return this.repository.texts.get(path) ?? ""
  }

  #ports(): UpdatePorts {
    const choose = async <T extends string>(message: string, choices: readonly Choice<T>[]): Promise<T> => {
      this.asked.push(message)
      const found = choices.find(({ value }) => value === this.#answer) ?? choices[0]
      if (found === undefined) throw new Error("there is nothing to choose")
      return found.value
    }
    const text = async () => {
      throw new Error("no text is asked for")
    }
    const asker: Asker | null = this.#answer === null ? null : { choose, text }
    const show = (lines: readonly string[]) => this.shown.push(...lines)
    return { ...this.repository.ports, contexts: () => [], region: null, clone: null, asker, show }
  }
}

const outcomes = (result: Awaited<ReturnType<Place["update"]>>, outcome: string) =>
  result.updated.filter((one) => one.outcome === outcome).map(({ path }) => path)

describe("a repository that 0.1.0 set up and nobody has changed", () => {
  test("is brought to today's files without a question, but for its settings", async () => {
    const place = new Place()
    const result = await place.update()
    expect(outcomes(result, "updated").sort()).toEqual(
      written
        .filter((path) => !path.endsWith("service-account.yaml"))
        .concat(outcomes(result, "updated").filter((path) => path.endsWith("service-account.yaml")))
        .sort(),
    )
    expect(outcomes(result, "written").sort()).toEqual(added.sort())
    expect(outcomes(result, "kept")).toEqual([])
    expect(place.text("php-fpm.conf")).toContain("listen = 127.0.0.1:9000")
    expect(place.text("Dockerfile")).toMatch(
      /^ARG BASE_IMAGE=public\.ecr\.aws\/docker\/library\/php:8\.4-fpm$/m,
    )
    expect(place.text("kubernetes/staging/web.yaml")).not.toContain("@sha256:000")
    expect(place.text(".dockerignore")).toContain("!modules\n")
    expect(place.text("envseal.yaml")).toBe(firstFiles["envseal.yaml"])
  })

  test("is the same after a second time", async () => {
    const place = new Place()
    await place.update()
    const before = new Map(place.repository.texts)
    const again = await place.update()
    expect(new Set(again.updated.map(({ outcome }) => outcome))).toEqual(new Set(["unchanged"]))
    expect(place.repository.texts).toEqual(before)
  })

  test("is told to apply the manifests where the settings say, by their context", async () => {
    const settings = (firstFiles["envseal.yaml"] ?? "").replaceAll("eks: blue", "context: blue")
    const { next } = await new Place({ "envseal.yaml": settings }).update()
    const commands = next.flatMap((step) => step.commands)
    expect(commands).toContain("envseal manifests staging | kubectl --context blue apply -f -")
    expect(commands).toContain("kubectl --context blue apply set-last-applied -f kubernetes/staging")
    expect(commands.join("\n")).not.toContain("update-kubeconfig")
  })

  test("is told what else is to be done, in an order in which no pod is lost", async () => {
    const { next } = await new Place().update()
    const commands = next.flatMap((step) => step.commands)
    expect(next.some(({ what }) => what.includes("withoutOpen: [public]"))).toBe(true)
    const apply = commands.indexOf("envseal manifests production | kubectl apply -f -")
    expect(commands[apply - 1]).toBe("aws eks update-kubeconfig --region eu-central-1 --name blue")
    expect(apply).toBeGreaterThan(commands.findIndex((one) => one.startsWith("git add")))
    expect(commands.indexOf("envseal deploy production")).toBeGreaterThan(apply)
  })

  test("counts as unchanged where only what a person was told to put in was put in", async () => {
    const settings = (firstFiles["envseal.yaml"] ?? "").replace("# kmsKeys: [ARN]", `kmsKeys: [${key}]`)
    const web = firstFiles["kubernetes/production/web.yaml"] ?? ""
    const pinned = web.replace(
      "# - { name: ENVSEAL_KMS_KEY, value: ARN }",
      `- { name: ENVSEAL_KMS_KEY, value: ${key} }`,
    )
    const place = new Place({
      "envseal.yaml": settings,
      "kubernetes/production/web.yaml": pinned,
      "buildspec.yaml": (firstFiles["buildspec.yaml"] ?? "").replace("0".repeat(64), "1".repeat(64)),
    })
    const result = await place.update()
    expect(outcomes(result, "kept")).toEqual([])
    expect(place.text("kubernetes/production/web.yaml")).toContain(`value: ${key}\n`)
    expect(place.text("buildspec.yaml")).toContain(`@sha256:${"1".repeat(64)}`)
  })

  test("keeps an image of its own to begin with, and line ends of Windows are no change", async () => {
    const own = (text = "") => text.replace(/(BASE_IMAGE[=:] ?)php:8\.4-fpm$/m, "$1acme/php:8.3")
    const place = new Place({
      Dockerfile: own(firstFiles["Dockerfile"]).replaceAll("\n", "\r\n"),
      "buildspec.yaml": own(firstFiles["buildspec.yaml"]),
    })
    const result = await place.update()
    expect(outcomes(result, "kept")).toEqual([])
    expect(place.text("Dockerfile")).toMatch(/^ARG BASE_IMAGE=acme\/php:8\.3$/m)
  })
})

describe("a file that somebody has changed", () => {
  const changed = (firstFiles["kubernetes/production/web.yaml"] ?? "").replace("replicas: 2", "replicas: 5")
  const edited = { "kubernetes/production/web.yaml": changed }

  test("is left as it is when nobody is asked, and the others are updated", async () => {
    const place = new Place(edited)
    const result = await place.update()
    expect(outcomes(result, "kept")).toEqual(["kubernetes/production/web.yaml"])
    expect(place.text("kubernetes/production/web.yaml")).toBe(changed)
    expect(place.text("php-fpm.conf")).toContain("127.0.0.1")
    expect(result.next[0]?.what).toContain("kubernetes/production/web.yaml")
  })

  test("is shown with what was changed in it and what is new, and gets both when that is chosen", async () => {
    const place = new Place(edited, "merged")
    const result = await place.update()
    expect(outcomes(result, "merged")).toEqual(["kubernetes/production/web.yaml"])
    expect(place.shown).toContain("+  replicas: 5")
    expect(place.asked).toContain("kubernetes/production/web.yaml is yours, and differs")
    const text = place.text("kubernetes/production/web.yaml")
    expect(text).toContain("replicas: 5\n")
    expect(text).toContain("enableServiceLinks: false\n")
    expect(text).not.toContain("@sha256:")
  })

  test.each([
    ["kept", changed],
    ["beside", changed],
  ])("stays when the answer is %s", async (answer, text) => {
    const place = new Place(edited, answer)
    await place.update()
    expect(place.text("kubernetes/production/web.yaml")).toBe(text)
    expect(place.repository.texts.has("kubernetes/production/web.yaml.envseal")).toBe(answer === "beside")
  })

  test("is not written beside once more when that was done before", async () => {
    const place = new Place(edited, "beside")
    const first = await place.update()
    const before = new Map(place.repository.texts)
    const again = await place.update()
    expect(outcomes(again, "beside")).toEqual(outcomes(first, "beside"))
    expect(place.repository.texts).toEqual(before)
  })

  test("is a failure when something else stands beside it, and nothing is written", async () => {
    const beside = { "kubernetes/production/web.yaml.envseal": "mine\n" }
    const place = new Place({ ...edited, ...beside }, "beside")
    const before = new Map(place.repository.texts)
    expect(await failureOf(() => place.update())).toMatchObject({
      code: "TARGET_EXISTS",
      message: "kubernetes/production/web.yaml and kubernetes/production/web.yaml.envseal are both there",
      hint: expect.stringContaining("nothing was written"),
    })
    expect(place.repository.texts).toEqual(before)
  })

  test("that was never envseal's is asked about too, and is not merged with anything", async () => {
    const place = new Place({ Dockerfile: "FROM php:8.4-cli\nCOPY . .\n" })
    const result = await place.update()
    expect(outcomes(result, "kept")).toEqual(["Dockerfile", "php.ini"])
    expect(place.repository.texts.has("php.ini")).toBe(false)
  })
})

test("a file that was taken away stays away", async () => {
  const place = new Place()
  place.repository.texts.delete("kubernetes/staging/schedule.yaml")
  const result = await place.update()
  expect(outcomes(result, "gone")).toEqual(["kubernetes/staging/schedule.yaml"])
  expect(place.repository.texts.has("kubernetes/staging/schedule.yaml")).toBe(false)
})

test("manifests of workloads that are not deployed any more, and own ones, are left out", async () => {
  const settings = (firstFiles["envseal.yaml"] ?? "").replace(
    "    - cronjob/till-schedule\n",
    "    - deployment/till-mailer\n",
  )
  const place = new Place({ "envseal.yaml": settings })
  const { updated } = await place.update()
  expect(updated.map(({ path }) => path).filter((path) => path.startsWith("kubernetes/production/"))).toEqual(
    ["service-account", "web", "worker"].map((part) => `kubernetes/production/${part}.yaml`),
  )
})

test("a workload such as Reverb's, which 0.1.0 left to the person, gets no second manifest", async () => {
  const settings = (firstFiles["envseal.yaml"] ?? "").replace(
    "    - cronjob/till-schedule\n",
    "    - cronjob/till-schedule\n    - deployment/till-reverb\n",
  )
  const own = { "kubernetes/production/websockets.yaml": "of the person\n" }
  const place = new Place({ "envseal.yaml": settings, ...own })
  const { updated } = await place.update()
  expect(updated.map(({ path }) => path)).not.toContain("kubernetes/production/reverb.yaml")
  place.repository.texts.set("kubernetes/production/reverb.yaml", "of the person\n")
  expect(outcomes(await place.update(), "kept")).toEqual(["kubernetes/production/reverb.yaml"])
})

test("a dry run writes nothing, and tells all differences", async () => {
  const place = new Place()
  const before = new Map(place.repository.texts)
  const { updated } = await place.update(true)
  expect(place.repository.texts).toEqual(before)
  const [fpm] = updated.filter(({ path }) => path === "php-fpm.conf")
  expect(fpm?.difference).toContain("-listen = 9000")
})

test("without settings there is nothing to update", async () => {
  const place = new Place()
  place.repository.texts.delete("envseal.yaml")
  expect(await failureOf(() => place.update())).toMatchObject({ code: "CONFIG_MISSING" })
})
