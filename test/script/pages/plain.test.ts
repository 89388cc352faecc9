import { beforeAll, describe, expect, test } from "vitest"
import { type PageRun, runPage } from "./page.ts"
import { editorPlace, productionPlace, secretSettings } from "./places.ts"

/** Each page in its own folder and home. */
const pages: Readonly<Record<string, () => Promise<PageRun>>> = {
  "README.md": async () => {
    await using place = await productionPlace()
    return await runPage("README.md", place)
  },
  "docs/concepts.md": () => runPage("docs/concepts.md"),
  "docs/install.md": () => runPage("docs/install.md"),
  "docs/my-app-needs.md": async () => {
    await using place = await editorPlace(
      { "shop/production": '{"APP_KEY":"base64:old="}' },
      { "envseal.yaml": secretSettings },
    )
    return await runPage("docs/my-app-needs.md", { ...place, answers: [["(y/N)", "y"]] })
  },
  "docs/other-places.md": () => runPage("docs/other-places.md"),
}

let runs: ReadonlyMap<string, PageRun>
beforeAll(async () => {
  const all = Object.entries(pages).map(async ([page, run]) => [page, await run()] as const)
  runs = new Map(await Promise.all(all))
})

describe("the commands of a page", () => {
  test.each(Object.keys(pages))("of %s run as pasted", (page) => {
    const run = runs.get(page)
    expect(run?.status, run?.stderr).toBe(0)
  })

  test.each(Object.keys(pages).filter((page) => page !== "README.md"))("of %s clean up", (page) => {
    expect(runs.get(page)?.left).toEqual([])
  })
})

test("the README's session shows the context, gives a value back as it was, and cleans up", () => {
  const { stdout = "", left } = runs.get("README.md") ?? {}
  expect(stdout).toContain("environment  production")
  expect(stdout).toContain(`\nit's $5 "today"\n`)
  expect(left).toEqual([".env", ".env.sealed"])
})

test("what the README seals from Secrets Manager is what php-fpm has", () => {
  expect(runs.get("README.md")?.stdout.endsWith('APP_KEY=base64:abc=\nDB_PASSWORD="it\'s \\$5"\n')).toBe(true)
})

test("docs/my-app-needs.md finds what it says in the files of envseal init", () => {
  const { stdout } = runs.get("docs/my-app-needs.md") ?? {}
  const lines = [
    /args: \["php", "artisan", "horizon"/,
    /schedule:run/,
    /command: \[php, artisan, migrate, --force\]/,
    /PHP_EXTENSIONS="[a-z_ ]*gd[a-z_ ]*pdo_pgsql redis swoole"/,
    /octane:start --server=swoole/,
    /reverb:start/,
    /pulse:check/,
    /COMPOSER_AUTH/,
  ]
  for (const line of lines) expect(stdout).toMatch(line)
})

test("docs/concepts.md shows an expectation that is refused, and then met", () => {
  const { stdout, stderr } = runs.get("docs/concepts.md") ?? {}
  expect(stdout).toMatch(/^status 6$/m)
  expect(stdout).toMatch(/^MAIL_FROM=/m)
  expect(stdout).toMatch(/^Shop <shop@example\.com>$/m)
  expect(stderr).toContain("[CONTEXT_MISMATCH]")
})
