import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { deployScreen } from "../../build/deploy-screen.ts"
import { textOf } from "../../build/terminal-screen.ts"
import { linesOfSvg } from "../../build/terminal-svg.ts"

const picture = readFileSync(join(import.meta.dirname, "../../docs/pictures/deploy.svg"), "utf8")

/** What is the same in each run: no times, no id of a build, and no order of lines that two workloads write. */
function lasting(lines: readonly string[]): string[] {
  return lines
    .filter((line) => line !== "")
    .map((line) =>
      line
        .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b(?<=build )[0-9a-f]{8}\b/g, "BUILD")
        .replace(/\b(?:\d+[hms] ?)+(?=[,:]|$)/g, "TIME")
        // Only phases of a second or more are told.
        .replace(/took TIME:.*/, "took TIME"),
    )
    .sort()
}

test("the README's picture of a deploy shows what the demo prints", async () => {
  const shown = lasting(linesOfSvg(picture))
  expect(shown.length).toBeGreaterThan(15)
  expect(shown).toEqual(lasting((await deployScreen()).map(textOf)))
})
