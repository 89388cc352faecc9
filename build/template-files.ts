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

/** What version 0.1.0 started from. */
const firstTemplates = {
  dockerfile: "build/templates-0.1.0/Dockerfile",
  boot: "build/templates-0.1.0/boot.sh",
  phpFpm: "build/templates-0.1.0/php-fpm.conf",
  dockerignore: "build/templates-0.1.0/dockerignore",
  buildspec: "build/templates-0.1.0/buildspec.yaml",
  serviceAccount: "build/templates-0.1.0/service-account.yaml",
  web: "build/templates-0.1.0/web.yaml",
  worker: "build/templates-0.1.0/worker.yaml",
  schedule: "build/templates-0.1.0/schedule.yaml",
} as const

/** The text of src/setup/core/template-files.ts. */
export function templateFilesModule(): string {
  return `// Made by \`node build/template-files.ts\` from the example: change that, and run it again.

/** The example's files, by what they are. */
export const templateFiles = {
${entriesOf(templates)}} as const
`
}

/** The text of src/setup/core/first-template-files.ts. */
export function firstTemplateFilesModule(): string {
  return `// Made by \`node build/template-files.ts\` from build/templates-0.1.0, which stays as it was.

/** The example's files of version 0.1.0, by what they are. */
export const firstTemplateFiles = {
${entriesOf(firstTemplates)}} as const
`
}

function entriesOf(paths: Readonly<Record<string, string>>): string {
  return Object.entries(paths)
    .map(([name, path]) => `  ${name}: \`${escaped(readFileSync(join(root, path), "utf8"))}\`,\n`)
    .join("")
}

function escaped(text: string): string {
  return text.replace(/[\\`]|\$\{/g, "\\$&")
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(root, "src/setup/core/template-files.ts"), templateFilesModule())
  writeFileSync(join(root, "src/setup/core/first-template-files.ts"), firstTemplateFilesModule())
}
