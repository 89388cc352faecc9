import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Engine } from "./engine.ts"
import { output } from "./process.ts"

/** An image as `docker save` writes it. */
export interface SavedImage {
  /** Configuration and history, as JSON. */
  readonly config: string
  readonly layers: readonly Layer[]
}

export interface Layer {
  /** What the configuration calls it: the SHA-256 of its content. */
  readonly diffId: string
  /** The paths in it. */
  readonly paths: readonly string[]
  /** Its archive, uncompressed. */
  bytes(): Buffer
}

/** Hands over an image in all its parts, which are gone afterwards. */
export async function withSavedImage<T>(
  engine: Engine,
  name: string,
  use: (image: SavedImage) => T | Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "envseal-image-"))
  try {
    await engine.docker("save", "--output", join(folder, "image.tar"), name)
    await output("tar", ["-xf", "image.tar"], { cwd: folder })
    const [manifest] = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"))
    const config = readFileSync(join(folder, manifest.Config), "utf8")
    const diffIds: readonly string[] = JSON.parse(config).rootfs.diff_ids
    const layers = await Promise.all(
      (manifest.Layers as string[]).map(async (path, at) => ({
        diffId: diffIds[at] ?? "",
        paths: (await output("tar", ["-tf", path], { cwd: folder })).split("\n"),
        bytes: () => readFileSync(join(folder, path)),
      })),
    )
    return await use({ config, layers })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
