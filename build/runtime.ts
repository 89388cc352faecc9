import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { copyFileSync, existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { bunPins, nodePins, type PinnedRuntime } from "./runtime-pins.ts"

const bun = join(import.meta.dirname, "../node_modules/.bin/bun")

/**
 * Checks what runs the build: this Node, and the Bun of the packages.
 *
 * @throws Error when one of them is not the file that is pinned.
 */
export function checkBuilders(): void {
  checkRuntime(process.execPath, nodePins, `${process.platform}-${process.arch}`)
  const arch = process.arch === "arm64" ? "aarch64" : process.arch
  checkRuntime(realpathSync(bun), bunPins, `bun-${process.platform}-${arch}`)
}

/**
 * The runtime of a target: the one in Bun's download cache, or else downloaded to there.
 *
 * @param target Bun's name of it, such as `bun-linux-aarch64`.
 * @param work a folder of the caller's own. The checked file is a copy in it, which nothing else can change.
 * @returns the path of the copy.
 * @throws Error when it is not the file that is pinned.
 */
export function pinnedRuntime(target: string, work: string): string {
  const cached = join(cacheFolder(), `${target}-v${bunPins.version}`)
  if (!existsSync(cached)) download(target, work)
  const copy = join(work, target)
  copyFileSync(cached, copy)
  checkRuntime(copy, bunPins, target, cached)
  return copy
}

/**
 * Compares a file with its pin.
 *
 * @param shown what the message calls the file.
 * @throws Error when it is not the one that is pinned for the platform.
 */
export function checkRuntime(
  file: string,
  { name, version, sha256 }: PinnedRuntime,
  platform: string,
  shown = file,
): void {
  const pinned = sha256[platform]
  if (pinned === undefined) throw new Error(`${name} is not pinned for ${platform} (build/runtime-pins.ts)`)
  const actual = createHash("sha256").update(readFileSync(file)).digest("hex")
  if (actual === pinned) return
  throw new Error(
    `${shown} is not ${name} ${version} for ${platform}: its SHA-256 is ${actual}, and ${pinned} is pinned. Remove it and install it again`,
  )
}

/** Where Bun keeps the runtimes that it has downloaded. */
function cacheFolder(): string {
  const { BUN_INSTALL_CACHE_DIR: cache, BUN_INSTALL: install } = process.env
  return cache || join(install || join(homedir(), ".bun"), "install/cache")
}

/** Bun downloads a runtime when it compiles something for it. */
function download(target: string, work: string): void {
  const entry = join(work, "empty.js")
  writeFileSync(entry, "")
  const args = ["build", "--compile", `--target=${target}`, entry, "--outfile", join(work, "empty")]
  execFileSync(bun, args, { cwd: work, stdio: ["ignore", "ignore", "inherit"] })
}
