import { createHash } from "node:crypto"
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { output } from "../docker/process.ts"
import { hangMs } from "../hang.ts"

const types = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
} as const
const tools = ["cat", "grep", "sh", "sleep", "test", "touch"]

/** One blob of an image, by its digest. */
export interface Blob {
  readonly digest: string
  readonly bytes: Buffer
}

/** An image of one platform: its manifest, and what that names. */
export interface OciImage {
  readonly manifest: Blob
  readonly parts: readonly Blob[]
}

/** The first layer of all images here, and the only one of most: BusyBox, as a tar. @param folder is the caller's, and may be written to. */
export async function busyboxLayer(folder: string): Promise<Blob> {
  const root = join(folder, "root")
  for (const name of ["bin", "tmp", "dev"]) mkdirSync(join(root, name), { recursive: true })
  cpSync("/bin/busybox", join(root, "bin/busybox"))
  for (const tool of tools) symlinkSync("busybox", join(root, "bin", tool))
  const path = join(folder, "layer.tar")
  await output("tar", ["--numeric-owner", "--owner=0", "--group=0", "-C", root, "-cf", path, "."])
  rmSync(root, { recursive: true })
  return blobOf(readFileSync(path))
}

/** An image that runs this command in the layer. */
export function imageOf(layer: Blob, entrypoint: readonly string[]): OciImage {
  return composeImage([layer], { Entrypoint: entrypoint, Env: ["PATH=/bin"] })
}

/** An image of these layers, each a tar. @param container what its configuration says of a container. */
export function composeImage(layers: readonly Blob[], container: object): OciImage {
  const config = blobOf({
    ...{ architecture: "amd64", os: "linux", config: container },
    rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
    history: layers.map(() => ({ created: "2026-01-02T03:04:05Z", created_by: "COPY" })),
  })
  const manifest = blobOf({
    ...{ schemaVersion: 2, mediaType: types.manifest },
    config: described(config, types.config),
    layers: layers.map((layer) => described(layer, types.layer)),
  })
  return { manifest, parts: [config, ...layers] }
}

/** Writes an archive that containerd imports under this name. */
export async function writeArchive(path: string, name: string, { manifest, parts }: OciImage): Promise<void> {
  const folder = `${path}.parts`
  mkdirSync(join(folder, "blobs/sha256"), { recursive: true })
  for (const { digest, bytes } of [manifest, ...parts])
    writeFileSync(join(folder, "blobs", digest.replace(":", "/")), bytes)
  const annotations = { "io.containerd.image.name": name }
  const index = { schemaVersion: 2, manifests: [{ ...described(manifest, types.manifest), annotations }] }
  writeFileSync(join(folder, "index.json"), JSON.stringify(index))
  writeFileSync(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }))
  await output("tar", ["-C", folder, "-cf", path, "."])
  rmSync(folder, { recursive: true })
}

/**
 * Pushes an image to a repository of a registry, by its digest alone.
 *
 * @param send makes a request of the registry's API; its URL may be a path.
 * @throws Error with what the registry answered.
 */
export async function push(send: Send, repository: string, { manifest, parts }: OciImage): Promise<void> {
  for (const { digest, bytes } of parts) {
    if ((await send("HEAD", `/v2/${repository}/blobs/${digest}`)).ok) continue
    const begun = await send("POST", `/v2/${repository}/blobs/uploads/`)
    const place = begun.headers.get("location")
    if (place === null) throw new Error(`the registry takes no upload: ${begun.status}`)
    await taken(send("PUT", `${place}&digest=${digest}`, bytes, "application/octet-stream"))
  }
  const path = `/v2/${repository}/manifests/${manifest.digest}`
  const { mediaType }: { readonly mediaType: string } = JSON.parse(manifest.bytes.toString())
  await taken(send("PUT", path, manifest.bytes, mediaType))
}

/** A request of a registry, with what may be needed to log in. */
export type Send = (method: string, url: string, body?: Buffer, type?: string) => Promise<Response>

/** Requests to a registry of this machine. @param auth user and password, in base64. */
export function sendTo(host: string, auth: string): Send {
  return (method, url, body, type) =>
    fetch(new URL(url, `http://${host}`), {
      method,
      headers: { authorization: `Basic ${auth}`, ...(type !== undefined && { "content-type": type }) },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(hangMs),
    })
}

async function taken(answer: Promise<Response>): Promise<void> {
  const { status } = await answer
  if (status !== 201) throw new Error(`the registry answered ${status}`)
}

/** @param content an object is written as JSON. */
export function blobOf(content: Buffer | object): Blob {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content))
  return { digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}`, bytes }
}

function described({ digest, bytes }: Blob, mediaType: string) {
  return { mediaType, digest, size: bytes.length }
}
