import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { expect, test } from "vitest"
import { openArgs, type Sandbox, sealedSandbox } from "../script/harness.ts"

const marker = "kill-marker-5d1f"
const value = `${marker} ${"x".repeat(20_000)}`
const oldText = "OLD=1\n"
const newText = `A='${value}'\n`
const rounds = 200

function drafts(box: Sandbox): string[] {
  return readdirSync(box.folder).filter((name) => name.startsWith(".envseal-"))
}

/** The guard removes a draft soon after the kill, not before it. */
async function draftsAreGone(box: Sandbox): Promise<boolean> {
  for (let tries = 0; tries < 10_000 && drafts(box).length > 0; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return drafts(box).length === 0
}

/** @param before what the file holds then; `null` for no file. */
async function killAfter(
  box: Sandbox,
  before: string | null,
  delayMs: number,
): Promise<"old" | "new" | "part"> {
  if (before === null) rmSync(box.path(".env"), { force: true })
  else writeFileSync(box.path(".env"), before)
  await box.envseal(openArgs, { watch: (child) => setTimeout(() => child.kill("SIGKILL"), delayMs) })
  const text = existsSync(box.path(".env")) ? readFileSync(box.path(".env"), "utf8") : null
  return text === before ? "old" : text === newText ? "new" : "part"
}

test.each([
  ["the old file", oldText],
  ["no file, as before,", null],
])(
  `open killed ${rounds} times at any moment leaves %s or the new one, and no plaintext elsewhere`,
  async (_, before) => {
    const boxes = await Promise.all([sealedSandbox({ A: value }), sealedSandbox({ A: value })])
    const outcomes = { old: 0, new: 0, part: 0 }
    await Promise.all(
      boxes.map(async (box, lane) => {
        const started = performance.now()
        expect((await box.envseal(openArgs)).status).toBe(0)
        // Most kills fall around the moment of writing, near the end of an undisturbed run.
        const wholeMs = performance.now() - started
        // Both outcomes come, however fast the machine is by then.
        let spread = 1
        for (let round = lane; round < rounds; round += boxes.length) {
          const delayMs = wholeMs * spread * (0.3 + (round / rounds) * 0.9)
          const outcome = await killAfter(box, before, delayMs)
          outcomes[outcome] += 1
          spread *= outcome === "new" ? 0.97 : 1.03
          expect(await draftsAreGone(box)).toBe(true)
          const holding = box.list().filter((name) => readFileSync(box.path(name), "latin1").includes(marker))
          expect(holding.filter((name) => name !== ".env" && name !== "secret.json")).toEqual([])
        }
        expect((await box.envseal(openArgs)).status).toBe(0)
        expect(drafts(box)).toEqual([])
      }),
    )
    expect(outcomes.part).toBe(0)
    expect(outcomes.old).toBeGreaterThan(0)
    expect(outcomes.new).toBeGreaterThan(0)
  },
)
