import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { type ImageBuild, judgeDockerfile } from "../../../src/doctor/core/dockerfile.ts"
import { startOf } from "../../../src/doctor/core/recipe/container-start.ts"
import { stagesIn } from "../../../src/doctor/core/recipe/image-stage.ts"
import { applyRemedies } from "./apply-remedy.ts"

const folder = join(import.meta.dirname, "laravel")
/** What public repositories of Laravel apps do, each in a Dockerfile of its own. None of them knows envseal. */
const recipes = readdirSync(folder)
  .filter((name) => name.endsWith(".Dockerfile"))
  .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }))

const forwarding = '#!/bin/sh\nset -e\nphp artisan migrate --force\nexec "$@"\n'
const starting = "#!/bin/sh\nphp artisan config:cache\nphp-fpm -D\nexec nginx -g 'daemon off;'\n"

/** The scripts that they name. */
const scripts = new Map([
  ["docker/entry.sh", forwarding],
  [
    "docker/wait-and-start.sh",
    forwarding.replace("php artisan", "until nc -z db 3306; do sleep 1; done; php artisan"),
  ],
  ["docker/gosu-entry.sh", '#!/bin/sh\nchown -R www-data storage\nexec gosu www-data "$@"\n'],
  ["docker/start.sh", starting],
  [
    "docker/start-container.sh",
    "#!/usr/bin/env bash\nexec /usr/bin/supervisord -c /etc/supervisor/supervisord.conf\n",
  ],
  ["docker/supervisord.conf", "[program:php-fpm]\ncommand=php-fpm\n"],
  [".env.example", "APP_NAME=Laravel\nAPP_KEY=\nDB_PASSWORD=\n"],
])

const build: ImageBuild = {
  file: "Dockerfile",
  target: null,
  given: {},
  context: { files: scripts, isIgnored: (path) => path === ".env" },
}

/** What is right to say of plaintext in them: the key is in a layer, and the cached configuration would be read. */
const faults: Readonly<Record<string, RegExp>> = {
  "example-env-with-key.Dockerfile": /key:generate writes \.env, in plaintext/,
  "config-cached.Dockerfile": /caches Laravel's configuration/,
  "optimized.Dockerfile": /caches Laravel's configuration/,
}

/** Those that stand on an image of somebody's own. */
const unknowable = ["private-base-with-start.Dockerfile", "private-base.Dockerfile"]

function startWords(text: string) {
  return startOf(stagesIn(text).at(-1) ?? expect.unreachable()).words
}

/** What doctor says in the end, when what it prints is done as often as it prints something. */
function mended(text: string) {
  let now = text
  for (let round = 0; round < 4; round += 1) {
    const { answer, remedies } = judgeDockerfile(now, build)
    if (answer !== "no") return { text: now, answer }
    now = applyRemedies(now, remedies)
  }
  return { text: now, answer: "no" }
}

describe("of the Dockerfiles of Laravel projects", () => {
  test("there are sixty, and at most one in ten is not checked", () => {
    expect(recipes.length).toBeGreaterThanOrEqual(60)
    expect(unknowable.length * 10).toBeLessThanOrEqual(recipes.length)
  })

  test.each(recipes)(
    "$name is said to open nothing, and no fault is told that it has not",
    ({ name, text }) => {
      const finding = judgeDockerfile(text, build)
      expect(finding.answer).toBe(unknowable.includes(name) ? "not checked" : "no")
      const others = finding.text
        .split("; ")
        .filter((fault) => !/ENTRYPOINT|which is not known|is not known here/.test(fault))
      if (faults[name] === undefined) expect(others).toEqual([])
      else expect(others.join()).toMatch(faults[name])
    },
  )

  test.each(recipes.filter(({ name }) => !unknowable.includes(name)))(
    "$name is ok once the remedies are applied as printed, and starts what it started",
    ({ text }) => {
      const after = mended(text)
      expect(after.answer).toBe("ok")
      const words = startWords(after.text) ?? []
      expect(words.slice(words.indexOf("--") + 1)).toEqual(startWords(text))
      expect(words.slice(0, 3)).toEqual(["envseal", "open", "--require-tmpfs"])
    },
  )
})
