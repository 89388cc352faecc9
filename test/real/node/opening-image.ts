import { readFileSync } from "node:fs"
import { type TarEntry, tar } from "../../fake/tar.ts"
import { binary } from "../../script/harness.ts"
import { output } from "../docker/process.ts"
import { type Blob, blobOf, composeImage, type OciImage } from "./oci.ts"
import { user } from "./pod-identity.ts"

const works = "trap 'exit 0' TERM; grep -q ^APP_KEY= .env && touch /tmp/ready; while :; do sleep 1; done"

/** A layer with the binary, what it is linked with, and the place that docker/Dockerfile makes for its .env. */
export async function openerLayer(): Promise<Blob> {
  const libraries = [...(await output("ldd", [binary])).matchAll(/(\/\S+) \(0x/g)].map(
    ([, path = ""]) => path,
  )
  const files = [...libraries, binary].map((from) => ({
    path: from === binary ? "usr/local/bin/envseal" : from.slice(1),
    content: readFileSync(from),
    mode: 0o755,
  }))
  const entries: readonly TarEntry[] = [
    ...files,
    { path: "run/envseal/", type: "5", mode: 0o755 },
    { path: "app/.env", type: "2", link: "/run/envseal/.env" },
  ]
  return blobOf(tar([...foldersOf(entries), ...entries]))
}

/** A layer with the sealed file alone, as the last line of docker/Dockerfile makes it. */
export function sealedLayer(sealed: Uint8Array): Blob {
  const file: TarEntry = { path: "app/.env.sealed", content: sealed, mode: 0o444 }
  return blobOf(tar([...foldersOf([file]), file]))
}

/**
 * An app that is ready when `envseal open` has given it its key.
 *
 * @param layers BusyBox, the opener and a sealed file.
 * @param n makes another image of the same layers.
 */
export function openingImage(layers: readonly Blob[], n = 0): OciImage {
  return composeImage(layers, {
    ...{ User: `${user}:${user}`, WorkingDir: "/app", Env: ["PATH=/usr/local/bin:/bin"] },
    Entrypoint: ["envseal", "open", "--require-tmpfs", "--"],
    Cmd: ["sh", "-c", `: ${n}; ${works}`],
  })
}

/** Each folder once, before what is in it. */
function foldersOf(entries: readonly TarEntry[]): readonly TarEntry[] {
  const paths = entries.flatMap(({ path }) => {
    const parts = path.replace(/\/$/, "").split("/").slice(0, -1)
    return parts.map((_, at) => `${parts.slice(0, at + 1).join("/")}/`)
  })
  return [...new Set(paths)].map((path) => ({ path, type: "5", mode: 0o755 }))
}
