import { root } from "./docker/folders.ts"
import { output } from "./docker/process.ts"

/** Builds, before the first test, the binaries that the image with envseal has: more tests than one take them. */
export async function setup(): Promise<void> {
  const targets = ["linux-x64", "linux-x64-musl"].flatMap((target) => ["--target", target])
  await output("npm", ["run", "--silent", "build:binary", "--", ...targets], { cwd: root })
}
