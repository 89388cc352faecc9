/** The two families of images: Docker's own (image manifest V2, schema 2) and the OCI's (image specification 1.1). */
export type ImageFamily = "docker" | "oci"

/** How a layer's tar is stored. `null` for what is no plain tar: encrypted layers, and other things than layers. */
export type LayerPacking = "tar" | "gzip" | "zstd"

const manifests: Readonly<Record<string, ImageFamily>> = {
  "application/vnd.docker.distribution.manifest.v2+json": "docker",
  "application/vnd.oci.image.manifest.v1+json": "oci",
}

const indexes: Readonly<Record<string, ImageFamily>> = {
  "application/vnd.docker.distribution.manifest.list.v2+json": "docker",
  "application/vnd.oci.image.index.v1+json": "oci",
}

const configurations = [
  "application/vnd.docker.container.image.v1+json",
  "application/vnd.oci.image.config.v1+json",
]

/** `foreign` and `nondistributable` layers are kept elsewhere, and are in the registry only by chance. */
const layers =
  /^application\/vnd\.(?:docker\.image\.rootfs|oci\.image\.layer)(?:\.foreign|\.nondistributable)?(?:\.v1)?(?:\.diff)?\.tar(?:[.+](gzip|zstd))?$/

/** Of every kind that {@link readManifest} reads: what a registry is told that it may answer with. */
export const manifestMediaTypes: readonly string[] = [...Object.keys(manifests), ...Object.keys(indexes)]

/** @returns `null` for what is no manifest of one platform's image. */
export function manifestFamily(mediaType: string): ImageFamily | null {
  return manifests[mediaType] ?? null
}

/** @returns `null` for what is no index of images: Docker calls it a manifest list. */
export function indexFamily(mediaType: string): ImageFamily | null {
  return indexes[mediaType] ?? null
}

/** Whether it is the configuration of a container image, and not of another artifact. */
export function isConfiguration(mediaType: string): boolean {
  return configurations.includes(mediaType)
}

/** @returns `null` when it is no layer that could be read. */
export function layerPacking(mediaType: string): LayerPacking | null {
  const match = layers.exec(mediaType)
  if (match === null) return null
  return match[1] === "gzip" || match[1] === "zstd" ? match[1] : "tar"
}

/** What a layer that was packed with gzip is called in a manifest of that family. */
export function gzipLayerType(family: ImageFamily): string {
  return family === "docker"
    ? "application/vnd.docker.image.rootfs.diff.tar.gzip"
    : "application/vnd.oci.image.layer.v1.tar+gzip"
}
