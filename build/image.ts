import { execFileSync } from "node:child_process"
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { makeBinaries } from "./binaries.ts"
import { commitOf, commitTime } from "./commit.ts"
import { targets } from "./targets.ts"

const root = join(import.meta.dirname, "..")
const recipe = join(root, "docker/envseal.Dockerfile")
const carried = Object.keys(targets).filter((name) => name.startsWith("linux-"))

/**
 * Makes the image that carries the binaries, from docker/envseal.Dockerfile: `npm run image -- --tag NAME` for this
 * machine's platform, and with `--push` for both, in the registry. Prints the digest then. `--from release` takes the
 * binaries of a release instead of making them. It needs Docker with buildx.
 */
function main(): void {
  const { values } = parseArgs({
    options: {
      tag: { type: "string", default: "envseal" },
      push: { type: "boolean", default: false },
      from: { type: "string" },
    },
  })
  const work = mkdtempSync(join(tmpdir(), "envseal-image-"))
  try {
    const binaries = join(work, "bin")
    if (values.from === undefined) makeBinaries(carried, binaries)
    else takeBinaries(values.from, binaries)
    const digest = build(values.tag, values.push, work)
    process.stdout.write(values.push ? `${nameOf(values.tag)}@${digest}\n` : `${values.tag}\n`)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Copies the binaries alone: the context of the build must hold nothing else. */
function takeBinaries(from: string, to: string): void {
  mkdirSync(to)
  for (const name of carried) copyFileSync(join(from, `envseal-${name}`), join(to, `envseal-${name}`))
}

/** @returns the digest, which is that of a registry only when it was pushed */
function build(tag: string, push: boolean, work: string): string {
  const metadata = join(work, "metadata.json")
  const where = push
    ? ["--platform", "linux/amd64,linux/arm64", "--output", "type=registry,rewrite-timestamp=true"]
    : ["--load"]
  const args = [
    ...["buildx", "build", "--file", recipe, "--tag", tag, "--provenance=false", "--metadata-file", metadata],
    ...["--label", `org.opencontainers.image.revision=${commitOf(root)}`, ...where, join(work, "bin")],
  ]
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(commitTime(root)) }
  execFileSync("docker", args, { stdio: "inherit", env })
  return JSON.parse(readFileSync(metadata, "utf8"))["containerimage.digest"]
}

/** A name without its tag. */
function nameOf(tag: string): string {
  return tag.replace(/:[^:/]*$/, "")
}

main()
