import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Engine } from "../docker/engine.ts"
import { output } from "../docker/process.ts"

const php = "public.ecr.aws/docker/library/php:8.2-fpm"

/** What is not what its name says. */
export const laravel8Replacements: readonly string[] = [
  `${php}: Debian bookworm with PHP 8.2, whose extensions make the installer of extensions do nothing`,
  "for it, repo.packagist.org: a Composer repository in that image, whose laravel/framework loads Debian's Laravel 8",
]

const place = "/usr/local/share/composer"

const packages = {
  "laravel/framework": {
    "v8.83.26": {
      ...{ name: "laravel/framework", version: "v8.83.26", license: ["MIT"] },
      require: { php: "^7.3|^8.0", "ext-mbstring": "*" },
      autoload: { files: ["libraries.php"] },
      dist: { type: "tar", url: `file://${place}/laravel-framework.tar` },
    },
  },
}

const texts: Readonly<Record<string, string>> = {
  "packages.json": JSON.stringify({ packages }),
  "config.json": JSON.stringify({
    repositories: { here: { type: "composer", url: `file://${place}` }, "packagist.org": false },
    config: { "cache-dir": "/dev/null" },
  }),
  git: "#!/bin/sh\nexit 1\n",
  Dockerfile: `ARG BASE
FROM \${BASE}
COPY packages.json laravel-framework.tar ${place}/
COPY config.json /root/.composer/
COPY git git /usr/local/bin/
RUN chmod +x /usr/local/bin/git && cp /usr/local/bin/git /usr/local/bin/unzip
`,
}

/** Gives an image with Debian's PHP 8.2 and Laravel 8 the name of the official one. @param base its own name. */
export async function makeLaravel8Image(engine: Engine, base: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "envseal-laravel8-"))
  try {
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text)
    mkdirSync(join(folder, "laravel"))
    writeFileSync(join(folder, "laravel/libraries.php"), "<?php\n\nrequire_once 'Illuminate/autoload.php';\n")
    const tar = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0"]
    await output("tar", [...tar, "-cf", "laravel-framework.tar", "laravel"], { cwd: folder })
    await engine.docker("build", "--quiet", "--build-arg", `BASE=${base}`, "--tag", php, folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
