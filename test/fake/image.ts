import { sha256, type TarEntry, tar } from "./tar.ts"

/** A layer to be put into an image: its members, or its bytes when they are to be special. */
export interface FakeLayer {
  readonly members?: readonly TarEntry[]
  readonly createdBy?: string
  /** Makes the blob of the layer's tar, such as `gzipSync`. */
  readonly pack?: (tar: Buffer) => Uint8Array
}

export interface FakeImage {
  readonly layers: readonly FakeLayer[]
  readonly env?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly cmd?: readonly string[]
  /** What else a container is run with, such as `Entrypoint`. */
  readonly run?: Readonly<Record<string, unknown>>
  /** "amd64" where nothing is given; `null` for none. */
  readonly architecture?: string | null
  /** Instructions that made no layer. */
  readonly steps?: readonly string[]
}

interface Parts {
  readonly config: string
  readonly layers: readonly { readonly tar: Buffer; readonly blob: Buffer }[]
}

function partsOf({
  layers,
  env = [],
  labels = {},
  cmd = ["php-fpm"],
  run = {},
  architecture = "amd64",
  steps: more = [],
}: FakeImage): Parts {
  const made = layers.map(({ members = [], pack = (bytes) => bytes }) => {
    const bytes = tar(members)
    return { tar: bytes, blob: Buffer.from(pack(bytes)) }
  })
  const steps = layers.map(({ createdBy = "COPY . . # buildkit" }) => ({ created_by: createdBy }))
  const config = {
    ...(architecture === null ? {} : { architecture }),
    os: "linux",
    config: { Env: env, Labels: labels, Cmd: cmd, ...run },
    rootfs: { type: "layers", diff_ids: made.map((one) => `sha256:${sha256(one.tar)}`) },
    history: [
      { created_by: "ENV A=1", empty_layer: true },
      ...more.map((step) => ({ created_by: step, empty_layer: true })),
      ...steps,
    ],
  }
  return { config: JSON.stringify(config), layers: made }
}

const blob = (bytes: string | Uint8Array) => `blobs/sha256/${sha256(bytes)}`

/** The members of an archive as Docker 25 and later saves it: blobs first, `manifest.json` last. */
export function savedMembers(image: FakeImage): TarEntry[] {
  const { config, layers } = partsOf(image)
  const descriptor = (bytes: string | Uint8Array, mediaType: string) => ({
    mediaType,
    digest: `sha256:${sha256(bytes)}`,
    size: bytes.length,
  })
  const manifest = JSON.stringify({
    schemaVersion: 2,
    config: descriptor(config, "application/vnd.oci.image.config.v1+json"),
    layers: layers.map((one) => descriptor(one.blob, "application/vnd.oci.image.layer.v1.tar")),
  })
  const index = { manifests: [descriptor(manifest, "application/vnd.oci.image.manifest.v1+json")] }
  const list = [{ Config: blob(config), RepoTags: ["shop:1"], Layers: layers.map((one) => blob(one.blob)) }]
  return [
    { path: "blobs/", type: "5" },
    ...layers.map((one) => ({ path: blob(one.blob), content: one.blob })),
    { path: blob(config), content: config },
    { path: blob(manifest), content: manifest },
    { path: "index.json", content: JSON.stringify(index) },
    { path: "manifest.json", content: JSON.stringify(list) },
    { path: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' },
  ]
}

/** As {@link savedMembers}, without `manifest.json`. */
export function ociMembers(image: FakeImage): TarEntry[] {
  return savedMembers(image).filter(({ path }) => path !== "manifest.json")
}

/** The members of an archive as Docker before 25 saved it. */
export function legacyMembers(image: FakeImage): TarEntry[] {
  const { config, layers } = partsOf(image)
  const name = `${sha256(config)}.json`
  const paths = layers.map((one, at) => `${sha256(`${at}${one.tar.length}`)}/layer.tar`)
  const list = [{ Config: name, RepoTags: ["shop:1"], Layers: paths }]
  return [
    ...layers.map((one, at) => ({ path: paths[at] ?? "", content: one.blob })),
    { path: name, content: config },
    { path: "manifest.json", content: JSON.stringify(list) },
    { path: "repositories", content: '{"shop":{"1":"x"}}' },
  ]
}
