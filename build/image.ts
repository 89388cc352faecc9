import { execFileSync } from "node:child_process"
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { makeBinaries } from "./binaries.ts"
import { commitOf } from "./commit.ts"
import { targets } from "./targets.ts"

const root = join(import.meta.dirname, "..")
const recipe = join(root, "docker/envseal.Dockerfile")
const carried = Object.keys(targets).filter((name) => name.startsWith("linux-"))
const architectures = ["amd64", "arm64"]

/**
 * Makes the image that carries the binaries, from docker/envseal.Dockerfile: `npm run image -- --tag NAME` for this
 * machine's platform, and with `--push` for both, in the registry. Its last line is the image's name then, with the
 * digest. `--from release` takes the binaries of a release instead of making them. It needs Docker 20.10 or later.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      tag: { type: "string", default: "envseal" },
      push: { type: "boolean", default: false },
      from: { type: "string" },
    },
  })
  const work = mkdtempSync(join(tmpdir(), "envseal-image-"))
  try {
    if (values.from === undefined) await makeBinaries(carried, work)
    else takeBinaries(values.from, work)
    if (values.push) process.stdout.write(`${pushAll(values.tag, work)}\n`)
    else build(work, ["--tag", values.tag])
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const fileOf = (folder: string, name: string) => join(folder, `envseal-${name}`)

/** Copies the binaries alone: the context of the build must hold nothing else. */
function takeBinaries(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const name of carried) copyFileSync(fileOf(from, name), fileOf(to, name))
}

/** Pushes an image for each platform, and one name for them all. @returns that name, with its digest */
function pushAll(tag: string, work: string): string {
  const parts = architectures.map((architecture) => {
    const part = `${tag}-${architecture}`
    build(work, ["--platform", `linux/${architecture}`, "--tag", part])
    docker("push", "--quiet", part)
    return part
  })
  // Only Docker's daemon takes a registry on loopback without TLS by itself.
  const loopback = /^(?:localhost|127\.0\.0\.1):/.test(tag) ? ["--insecure"] : []
  docker("manifest", "create", "--amend", ...loopback, tag, ...parts)
  const digest = docker("manifest", "push", "--purge", ...loopback, tag).trim()
  return `${tag.replace(/:[^:/]*$/, "")}@${digest}`
}

function build(work: string, options: readonly string[]): void {
  const label = `org.opencontainers.image.revision=${commitOf(root)}`
  docker("build", "--quiet", "--file", recipe, "--label", label, ...options, work)
}

/** @returns the standard output. */
function docker(...args: string[]): string {
  // An attestation would make of each part an index, which no index can have in it.
  const env = { ...process.env, DOCKER_BUILDKIT: "1", BUILDX_NO_DEFAULT_ATTESTATIONS: "1" }
  return execFileSync("docker", args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })
}

await main()
