import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Engine } from "./engine.ts"

/** What the stand-in of npm leaves where Vite would. */
export const styleSheet = "/* of the stand-in */"

// Laravel is in the base image, so Composer must not be run.
const composer = "#!/bin/sh\nexit 1\n"
const npm = `#!/bin/sh
set -eu
test -e artisan -a -e vendor/autoload.php
case "$*" in
  install | ci) mkdir node_modules; echo "$*" >node_modules/called ;;
  "run build")
    test -e node_modules/called
    mkdir -p public/build/assets
    echo "${styleSheet}" >public/build/assets/app-0a1b2c3d.css
    echo '{"resources/css/app.css":{"file":"assets/app-0a1b2c3d.css"}}' >public/build/manifest.json
    ;;
  *) exit 2 ;;
esac
`

/**
 * Builds images with the names that a Dockerfile of envseal has for Composer and Node: none can be pulled here, nor can
 * packages. What they stand for is proven with the real programs elsewhere; here are the stages around them.
 */
export async function buildStandIns(engine: Engine, baseImage: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "envseal-stand-ins-"))
  try {
    const build = async (name: string, dockerfile: string, program: string, text: string) => {
      writeFileSync(join(folder, program), text, { mode: 0o755 })
      writeFileSync(join(folder, "Dockerfile"), dockerfile)
      await engine.docker("build", "--quiet", "--tag", `public.ecr.aws/docker/library/${name}`, folder)
    }
    await build("composer:2", "FROM scratch\nCOPY composer /usr/bin/composer\n", "composer", composer)
    await build("node:24", `FROM ${baseImage}\nCOPY npm /usr/local/bin/npm\n`, "npm", npm)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
