import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dirname, "../..")

/** Every page, by its path from the root of the repository. */
export const pages: readonly string[] = [
  ...["README.md", "CONTRIBUTING.md", "RELEASING.md", "SECURITY.md"],
  ...globSync("docs/*.md", { cwd: root }).sort(),
]

/** A command that a page shows, by how it begins. */
export interface Command {
  readonly page: string
  readonly begins: string
}

/** One that the test of its page does not run, because another one does. */
export interface RunElsewhere extends Command {
  /** The file that runs it. */
  readonly by: string
  /** What that file has of it. */
  readonly as: string
}

const npmCi = { by: ".ci/run", as: "npm ci\n" } as const
const carrier = "test/real/docker/carrier.real.ts"
const install = "test/real/install.real.ts"
const onCluster = "test/real/pages.real.ts"
const verified = { page: "SECURITY.md", by: "test/real/provenance.real.ts", as: '"SECURITY.md"' } as const
const migrated = { page: "docs/migrate.md", by: "test/real/migrate.real.ts", as: "docs/migrate.md" } as const

export const elsewhere: readonly RunElsewhere[] = [
  { page: "README.md", begins: "npm ci && npm run build", ...npmCi },
  { page: "CONTRIBUTING.md", begins: "npm ci", ...npmCi },
  {
    page: "CONTRIBUTING.md",
    begins: "npm run build",
    by: "package.json",
    as: '"test": "npm run --silent build ',
  },
  { page: "CONTRIBUTING.md", begins: "npx vitest", by: "package.json", as: "&& vitest run --config" },
  { page: "RELEASING.md", begins: "npm ci", ...npmCi },
  { page: "RELEASING.md", begins: "npm run release", by: "build/reproduce.ts", as: '"build/release.ts"' },
  {
    page: "RELEASING.md",
    begins: "npm run reproduce",
    by: "test/real/release.real.ts",
    as: '"build/reproduce.ts"',
  },
  { page: "RELEASING.md", begins: "npm run image", by: carrier, as: '"build/image.ts", "--from"' },
  { ...verified, begins: "sha256sum" },
  { ...verified, begins: "sigstore verify" },
  {
    page: "SECURITY.md",
    begins: "npm ci && npm run release",
    by: "build/reproduce.ts",
    as: '"build/release.ts"',
  },
  { page: "docs/install.md", begins: "npm ci && npm run build", ...npmCi },
  { page: "docs/install.md", begins: "(cd ../envseal && npm pack --silent)", by: install, as: '"pack"' },
  { page: "docs/install.md", begins: "npm install --save-dev", by: install, as: '"install", "--save-dev"' },
  {
    page: "docs/install.md",
    begins: "npm run build:binary",
    by: "package.json",
    as: "npm run --silent build:binary",
  },
  { page: "docs/install.md", begins: "npm run image", by: carrier, as: '"--tag", tag, "--push"' },
  {
    page: "docs/library.md",
    begins: "npx envseal keygen",
    by: "test/docs/library.test.ts",
    as: 'blocksOf(libraryPage, "sh")',
  },
  { page: "docs/benchmarks.md", begins: "npm ci && npm run build", ...npmCi },
  {
    page: "docs/benchmarks.md",
    begins: "test/real/fetch-",
    by: ".ci/run",
    as: "test/real/fetch-kubernetes.sh\n",
  },
  {
    page: "docs/benchmarks.md",
    begins: "npx vitest",
    by: "package.json",
    as: "vitest run --config vitest.real.config.ts",
  },
  {
    page: "docs/setup.md",
    begins: "envseal init\n",
    by: "test/script/init/terminal.test.ts",
    as: '"init", ...args',
  },
  {
    page: "docs/aws.md",
    begins: "npm run account",
    by: "test/account/trial.test.ts",
    as: "await runTrial(request, ports)",
  },
  { page: "docs/aws.md", begins: "aws kms disable-key", by: onCluster, as: '"docs/aws.md"' },
  { page: "docs/deploy.md", begins: "envseal policy cluster", by: onCluster, as: '"docs/deploy.md"' },
  ...["envseal manifests", "kubectl", "aws codebuild"].map((begins) => ({
    ...{ page: "docs/manifests.md", begins, by: onCluster, as: '"docs/manifests.md"' },
  })),
  ...["openssl", "php artisan", "age -d", "sops", "dotenvx", "kubectl"].map((begins) => ({
    ...migrated,
    begins,
  })),
]

/** A command that no test runs. */
export interface Exception extends Command {
  readonly why: string
}

/** At most ten. */
export const exceptions: readonly Exception[] = [
  { page: "SECURITY.md", begins: "gh attestation", why: "it asks a forge, and nothing is published yet" },
  { page: "SECURITY.md", begins: "npm audit", why: "it asks npm's registry, and nothing is published yet" },
  { page: "SECURITY.md", begins: "cosign", why: "it asks a registry, and nothing is published yet" },
  { page: "docs/container.md", begins: "docker run", why: "it needs the credentials of a role" },
  {
    page: "docs/container.md",
    begins: "docker build",
    why: "it pulls PHP from a registry: test/real/docker/ builds from files",
  },
  { page: "docs/install.md", begins: "sudo install", why: "it writes to the machine" },
  {
    page: "docs/benchmarks.md",
    begins: "npm run bench",
    why: "it measures for minutes, on a machine with nothing else to do",
  },
  {
    page: "docs/migrate.md",
    begins: "vapor",
    why: "Debian and Go's modules do not have it: it was run by hand",
  },
  {
    page: "docs/migrate.md",
    begins: "chamber",
    why: "Go's modules do not have it any more: it was run by hand",
  },
  { page: "docs/manifests.md", begins: "helm", why: "Debian has no helm, and it takes minutes to build" },
]

/** The commands of a page in one text each, as they stand one after the other: a block, or a line of a session. */
export function commandTextsOf(markdown: string): string[] {
  const fences = markdown.matchAll(/^( *)```(sh|console)\n([\s\S]*?)^\1```$/gm)
  return [...fences].flatMap(([, indent = "", language, block = ""]) => {
    const text = block.replaceAll(new RegExp(`^${indent}`, "gm"), "")
    if (language === "sh") return [text]
    return [...text.matchAll(/^\$ (.*\n)/gm)].map(([, line = ""]) => line)
  })
}

/** Finds a command to its end: a line that ends with `\\`, `|` or `&&` goes on in the next one. */
export function patternOf({ begins }: Command): RegExp {
  const text = begins.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
  return new RegExp(
    `^${text}${begins.endsWith("\n") ? "" : "[^\\n]*(?:(?<=\\\\|\\||&&)\\n[^\\n]*)*\\n"}`,
    "gm",
  )
}

export function readPage(page: string): string {
  return readFileSync(join(root, page), "utf8")
}

/** What the test of a page runs of it: all commands but those that are listed here. */
export function scriptOf(page: string): string {
  const listed = [...elsewhere, ...exceptions].filter((one) => one.page === page)
  const all = commandTextsOf(readPage(page)).join("\n")
  return listed.reduce((script, one) => script.replace(patternOf(one), ""), all)
}

/** Those commands of a page that a file runs, one after the other. */
export function scriptRunBy(file: string, page: string): string {
  const own = elsewhere.filter((one) => one.page === page && one.by === file).map(patternOf)
  const all = commandTextsOf(readPage(page)).join("\n")
  const found = own.flatMap((pattern) => [...all.matchAll(pattern)])
  return found
    .sort((one, other) => one.index - other.index)
    .map(([text]) => text)
    .join("")
}
