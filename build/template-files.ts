import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = join(import.meta.dirname, "..")

/** Where the texts stand that `envseal init` starts from, by their names in src/setup/core/template-files.ts. */
const templates = {
  dockerfile: "docker/Dockerfile",
  boot: "docker/boot.sh",
  phpFpm: "docker/php-fpm.conf",
  phpIni: "docker/php.ini",
  dockerignore: "docker/.dockerignore",
  buildspec: "buildspec.yaml",
  settings: "docker/app/envseal.yaml",
  serviceAccount: "docker/kubernetes/service-account.yaml",
  web: "docker/kubernetes/web.yaml",
  worker: "docker/kubernetes/worker.yaml",
  schedule: "docker/kubernetes/schedule.yaml",
} as const

/** The text of src/setup/core/template-files.ts. */
export function templateFilesModule(): string {
  const entries = Object.entries(templates).map(
    ([name, path]) => `  ${name}: \`${escaped(readFileSync(join(root, path), "utf8"))}\`,\n`,
  )
  return `// Made by \`node build/template-files.ts\` from the example: change that, and run it again.

/** The example's files, by what they are. */
export const templateFiles = {
${entries.join("")}} as const
`
}

function escaped(text: string): string {
  return text.replace(/[\\`]|\$\{/g, "\\$&")
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(root, "src/setup/core/template-files.ts"), templateFilesModule())
}
