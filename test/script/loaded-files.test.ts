import { readdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { describe, expect, test } from "vitest"
import { openArgs, type Sandbox, sealedSandbox, standalone } from "./harness.ts"

const open = ["open", "--expect", "app=shop,environment=production"]

/** The files of the package that a run loads, without their hashes, and packages besides: what V8 kept count of. */
async function loaded(box: Sandbox, args: readonly string[], stdin?: Buffer): Promise<string[]> {
  await box.envseal(args, {
    env: { NODE_V8_COVERAGE: box.path("loaded") },
    ...(stdin === undefined ? {} : { stdin }),
  })
  const urls = readdirSync(box.path("loaded")).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(box.path("loaded"), name), "utf8"))
    return (result as readonly { readonly url: string }[]).map(({ url }) => url)
  })
  return urls
    .filter((url) => url.startsWith("file:"))
    .map((url) => basename(url).replace(/-[\w-]{8}\.js$/, ".js"))
    .sort()
}

describe.runIf(!standalone)("open of the package loads one file of the program", () => {
  const least = ["envseal.js", "open.js", "rolldown-runtime.js"]

  test("where it prints", async () => {
    const box = await sealedSandbox()
    expect(await loaded(box, [...openArgs, "--stdout"])).toEqual(least)
  })

  test.each([
    ["the identity is not there", [...open, "-i", "none", "--stdout"]],
    ["the envelope is not there", [...openArgs, "--in", "none", "--stdout"]],
    ["the envelope is no envelope", [...openArgs, "--in", "key.txt", "--stdout"]],
  ])("where %s", async (_, args) => {
    const box = await sealedSandbox()
    expect(await loaded(box, args)).toEqual(least)
  })

  test("and what reads streams, where the envelope comes from standard input", async () => {
    const box = await sealedSandbox()
    const sealed = readFileSync(box.path(".env.sealed"))
    expect(await loaded(box, [...openArgs, "--in", "-", "--stdout"], sealed)).toEqual(
      ["chunks.js", ...least].sort(),
    )
  })
})
