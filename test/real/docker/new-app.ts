import { createHash } from "node:crypto"
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { laravelFiles, laravelNames } from "../../data/laravel.ts"
import { account, region } from "../../fake/aws/world.ts"
import { key } from "../../script/aws/world.ts"
import { root } from "./folders.ts"
import { output } from "./process.ts"
import { secret as example } from "./secret.ts"
import type { App } from "./shop.ts"

/** Part of every value that the example does not have, so that there is one text more to look for and not fifty. */
const mark = createHash("sha256").update("a new app").digest("hex").slice(0, 24)
const others = Object.fromEntries(laravelNames.map((name) => [name, `${name.toLowerCase()}-${mark}`]))
const secret: Readonly<Record<string, string>> = {
  ...others,
  APP_URL: `https://${mark}.example`,
  ...example,
}
/** docker/Dockerfile says where the log goes, and what a container is given wins over its .env. */
const shown = Object.fromEntries(Object.entries(secret).filter(([name]) => name !== "LOG_CHANNEL"))

/** A new Laravel app with all the names of its `.env.example`, set up by `envseal init` alone. */
export const newApp: App = {
  secret,
  marks: { ...example, OTHERS: mark },
  shown,
  async lay(source, { ENVSEAL_BINARY, ENVSEAL_REPOSITORY, BASE_IMAGE }) {
    layApp(source)
    const args = [
      ...["init", "--yes", "--app", "shop", "--env", "production", "--env", "staging"],
      ...["--account", account, "--region", region, "--eks", "main", "--kms-key", `production=${key}`],
      ...["--repository", ENVSEAL_REPOSITORY, "--binary-image", ENVSEAL_BINARY, "--base-image", BASE_IMAGE],
    ]
    await output(process.execPath, [join(root, "bin/envseal.js"), ...args], { cwd: source })
    return {}
  },
}

/** The code of docker/app, which Debian's Laravel runs, and what a new app has beside its code. */
function layApp(source: string): void {
  cpSync(join(root, "docker/app"), source, { recursive: true })
  rmSync(join(source, "envseal.yaml"))
  for (const name of [".env.example", ".gitignore", "composer.json", "package.json"])
    writeFileSync(join(source, name), laravelFiles[name] ?? "")
  const settings = Object.keys(shown).map((name) => `'${name.toLowerCase()}' => env('${name}'),\n`)
  writeFileSync(join(source, "config/shop.php"), `<?php\n\nreturn [\n${settings.join("")}];\n`)
  // The name of a queue that nobody has.
  const queue = join(source, "config/queue.php")
  writeFileSync(queue, readFileSync(queue, "utf8").replace("env('QUEUE_CONNECTION', 'null')", "'null'"))
}
