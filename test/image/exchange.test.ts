import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { readConfiguration } from "../../src/image/configuration.ts"
import { digestOf, isAttestation, platformOf } from "../../src/image/descriptor.ts"
import { type Exchange, exchangeLayer, exchangeManifests, resealedFrom } from "../../src/image/exchange.ts"
import { type PlatformIndex, type PlatformManifest, readManifest } from "../../src/image/manifest.ts"
import { gzipLayerType, layerPacking, manifestMediaTypes } from "../../src/image/media-type.ts"

const oci = "application/vnd.oci.image.manifest.v1+json"
const docker = "application/vnd.docker.distribution.manifest.v2+json"
const ociIndex = "application/vnd.oci.image.index.v1+json"
const dockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json"

const digest = (text: string) => digestOf(Buffer.from(text))
const from = digest("what runs")
const at = "2026-02-03T04:05:06.000Z"
const layer = { digest: digest("new layer"), size: 700, diffId: digest("new tar") }

const configuration = {
  architecture: "amd64",
  created: "2026-01-02T03:04:05Z",
  os: "linux",
  config: { Env: ["A=1"], WorkingDir: "/app", Labels: { "org.opencontainers.image.revision": "1a2b" } },
  rootfs: { type: "layers", diff_ids: [digest("base tar"), digest("old tar")] },
  history: [
    { created_by: "ADD base" },
    { created_by: "COPY .env.sealed . # buildkit" },
    { created_by: "CMD php-fpm", empty_layer: true },
  ],
}

function manifestOf(mediaType: string, more: object = {}) {
  const family = mediaType === docker ? "docker.container.image" : "oci.image.config"
  return {
    schemaVersion: 2,
    mediaType,
    config: { mediaType: `application/vnd.${family}.v1+json`, digest: digest("config"), size: 900 },
    layers: [
      { mediaType: "application/vnd.oci.image.layer.v1.tar+zstd", digest: digest("base"), size: 10_000 },
      { mediaType: "application/vnd.oci.image.layer.v1.tar", digest: digest("old"), size: 500 },
    ],
    ...more,
  }
}

function platform(mediaType: string, more: object = {}): PlatformManifest {
  const manifest = readManifest(JSON.stringify(manifestOf(mediaType, more)), mediaType, "shop")
  if (manifest.type !== "image") throw new Error("it is an index")
  return manifest
}

function exchanged(exchange: Partial<Exchange> = {}) {
  const parts = exchangeLayer({
    manifest: platform(oci),
    configuration: readConfiguration(JSON.stringify(configuration), "shop"),
    ...{ layer, from, at, how: "replace" },
    ...exchange,
  })
  return { ...parts, json: { manifest: jsonOf(parts.manifest), configuration: jsonOf(parts.configuration) } }
}

function jsonOf({ bytes }: { readonly bytes: Uint8Array }): unknown {
  return JSON.parse(Buffer.from(bytes).toString())
}

const newConfiguration = {
  ...configuration,
  created: at,
  config: {
    ...configuration.config,
    Labels: { "org.opencontainers.image.revision": "1a2b", [resealedFrom]: from },
  },
}
const step = { created: at, created_by: "envseal reseal" }

describe("an image whose last layer is exchanged", () => {
  test("differs in the last diff_id, its step of the history, the time and the label alone", () => {
    expect(exchanged().json.configuration).toEqual({
      ...newConfiguration,
      rootfs: { type: "layers", diff_ids: [digest("base tar"), layer.diffId] },
      history: [configuration.history[0], step, configuration.history[2]],
    })
  })

  test("names the new layer and the new configuration, and every other layer as before", () => {
    const { json, configuration } = exchanged()
    const { layers, ...rest } = manifestOf(oci)
    expect(json.manifest).toEqual({
      ...rest,
      config: { ...rest.config, digest: configuration.digest, size: configuration.bytes.length },
      layers: [
        layers[0],
        {
          mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
          size: layer.size,
          digest: layer.digest,
        },
      ],
      annotations: { [resealedFrom]: from },
    })
  })

  test("keeps all layers, diff_ids and steps when the new one covers them", () => {
    const { json } = exchanged({ how: "cover" })
    expect(json.configuration).toEqual({
      ...newConfiguration,
      rootfs: { type: "layers", diff_ids: [...configuration.rootfs.diff_ids, layer.diffId] },
      history: [...configuration.history, step],
    })
    expect(json.manifest).toMatchObject({
      layers: [...manifestOf(oci).layers, { digest: layer.digest }],
    })
  })

  test("has Docker's media types and no annotation when it is Docker's", () => {
    const { json, manifest } = exchanged({ manifest: platform(docker) })
    expect(manifest.mediaType).toBe(docker)
    expect(json.manifest).toHaveProperty("layers.1.mediaType", gzipLayerType("docker"))
    expect(json.manifest).not.toHaveProperty("annotations")
  })

  test("is known by the digests of its bytes, which are the same each time", () => {
    const { manifest, configuration } = exchanged()
    expect(manifest.digest).toBe(digestOf(manifest.bytes))
    expect(configuration.digest).toBe(digestOf(configuration.bytes))
    expect(exchanged().manifest).toEqual(manifest)
  })

  test("keeps what is unknown, in its order, and the annotations of others", () => {
    const more = { annotations: { a: "1" }, subject: { digest: from }, unknown: [1.5, { x: null }] }
    const { manifest } = exchanged({ manifest: platform(oci, more) })
    const text = Buffer.from(manifest.bytes).toString()
    expect(Object.keys(JSON.parse(text))).toEqual(Object.keys({ ...manifestOf(oci), ...more }))
    expect(JSON.parse(text)).toMatchObject({ ...more, annotations: { a: "1", [resealedFrom]: from } })
  })

  test.each([
    { what: "no history", json: { history: undefined } },
    { what: "no labels", json: { config: { Env: [] } } },
    { what: "null for its labels", json: { config: { Labels: null } } },
    { what: "null for its configuration", json: { config: null } },
  ])("gets the label when it has $what", ({ json }) => {
    const read = readConfiguration(JSON.stringify({ ...configuration, ...json }), "shop")
    const after = exchanged({ configuration: read }).json.configuration
    expect(after).toHaveProperty(["config", "Labels", resealedFrom], from)
    expect(after).toHaveProperty("rootfs.diff_ids.1", layer.diffId)
  })

  test("gets a step when its history has none that made a layer", () => {
    const json = { ...configuration, history: [{ created_by: "ENV A=1", empty_layer: true }] }
    const read = readConfiguration(JSON.stringify(json), "shop")
    expect(exchanged({ configuration: read }).json.configuration).toMatchObject({
      history: [...json.history, step],
    })
  })
})

const amd64 = {
  mediaType: oci,
  digest: digest("amd64"),
  size: 800,
  platform: { os: "linux", architecture: "amd64" },
}
const arm64 = {
  ...amd64,
  digest: digest("arm64"),
  platform: { os: "linux", architecture: "arm64", variant: "v8" },
}
const attestation = {
  ...{
    mediaType: oci,
    digest: digest("sbom"),
    size: 800,
    platform: { os: "unknown", architecture: "unknown" },
  },
  annotations: {
    "vnd.docker.reference.type": "attestation-manifest",
    "vnd.docker.reference.digest": amd64.digest,
  },
}

function index(mediaType: string, manifests: readonly object[]): PlatformIndex {
  const read = readManifest(JSON.stringify({ schemaVersion: 2, mediaType, manifests }), mediaType, "shop")
  if (read.type !== "index") throw new Error("it is no index")
  return read
}

describe("an index of several platforms", () => {
  const parts = new Map([
    [amd64.digest, exchanged().manifest],
    [arm64.digest, exchanged({ how: "cover" }).manifest],
  ])

  test.each([ociIndex, dockerIndex])(
    "of type %s names the new images, and no attestation to the old",
    (mediaType) => {
      const before = index(mediaType, [amd64, attestation, arm64])
      expect(before.manifests.map(platformOf)).toEqual(["linux/amd64", "unknown/unknown", "linux/arm64/v8"])
      expect(before.manifests.map(isAttestation)).toEqual([false, true, false])
      const after = exchangeManifests(before, parts, from)
      const [one, other] = [...parts.values()]
      expect(jsonOf(after)).toEqual({
        schemaVersion: 2,
        mediaType,
        manifests: [
          { ...amd64, digest: one?.digest, size: one?.bytes.length },
          { ...arm64, digest: other?.digest, size: other?.bytes.length },
        ],
        ...(mediaType === ociIndex && { annotations: { [resealedFrom]: from } }),
      })
      expect(after).toMatchObject({ mediaType, digest: digestOf(after.bytes) })
    },
  )

  test("keeps an image that only says it attests to another: a container could be made of it", () => {
    for (const platform of [amd64.platform, undefined])
      expect(index(ociIndex, [{ ...attestation, platform }]).manifests.map(isAttestation)).toEqual([false])
  })

  test("is not made while an image of it was not exchanged", () => {
    const before = index(ociIndex, [amd64, arm64])
    expect(() => exchangeManifests(before, new Map([...parts].slice(0, 1)), from)).toThrow(arm64.digest)
  })
})

const good = manifestOf(oci)

const deep = (text: string) => text.replace("{", `{"x":${"[".repeat(1e5)}${"]".repeat(1e5)},`)

describe("a manifest", () => {
  test("of OCI need not say its media type", () => {
    const { mediaType: _, ...rest } = good
    expect(readManifest(JSON.stringify(rest), oci, "shop")).toMatchObject({ type: "image", mediaType: oci })
  })

  test.each([
    { what: "that is no JSON", text: "{", type: oci },
    { what: "that is a list", text: "[]", type: oci },
    { what: "of schema 1", text: '{"schemaVersion":1,"fsLayers":[]}', type: oci },
    { what: "that says another type than the registry", text: JSON.stringify(good), type: docker },
    { what: "of an unknown type", text: '{"schemaVersion":2}', type: "text/plain" },
    { what: "without a configuration", text: JSON.stringify({ ...good, config: undefined }), type: oci },
    { what: "without layers", text: JSON.stringify({ ...good, layers: [] }), type: oci },
    { what: "with a layer of no digest", text: JSON.stringify({ ...good, layers: [{}] }), type: oci },
    {
      what: "with a digest that is a path",
      text: JSON.stringify({ ...good, layers: [{ ...good.layers[0], digest: "sha256:../../etc" }] }),
      type: oci,
    },
    {
      what: "with a size below zero",
      text: JSON.stringify({ ...good, layers: [{ ...good.layers[0], size: -1 }] }),
      type: oci,
    },
    {
      what: "of a chart",
      text: JSON.stringify({
        ...good,
        config: { ...good.config, mediaType: "application/vnd.cncf.helm.config.v1+json" },
      }),
      type: oci,
    },
    {
      what: "that names something twice, of which readers take different ones",
      text: JSON.stringify(good).replace("{", '{"config":{},'),
      type: oci,
    },
    { what: "that is nested very deeply", text: deep(JSON.stringify(good)), type: oci },
    { what: "that is an index without images", text: '{"schemaVersion":2,"manifests":[]}', type: ociIndex },
  ])("$what is refused", ({ text, type }) => {
    expect(() => readManifest(text, type, "shop")).toThrow(
      expect.objectContaining({
        code: "IMAGE_MALFORMED",
        message: expect.stringContaining("the image shop"),
      }),
    )
  })

  test.each([
    "{",
    "[]",
    "{}",
    '{"rootfs":{}}',
    '{"rootfs":{"diff_ids":["sha256:1"]}}',
    '{"rootfs":{"diff_ids":[1]}}',
    '{"config":{"Entrypoint":["sh"]},"config":{"Cmd":["x"]},"rootfs":{"diff_ids":[]}}',
    '{"config":{"User":"a","Us\\u0065r":"b"},"rootfs":{"diff_ids":[]}}',
  ])("with %j for its configuration is refused", (text) => {
    expect(() => readConfiguration(text, "shop")).toThrow(
      expect.objectContaining({ code: "IMAGE_MALFORMED" }),
    )
  })
})

test("a configuration that is nested very deeply is refused", () => {
  expect(() => readConfiguration(deep('{"rootfs":{"diff_ids":[]}}'), "shop")).toThrow(
    expect.objectContaining({ code: "IMAGE_MALFORMED", message: expect.stringContaining("deeply") }),
  )
})

test("a configuration that is written by any rule of JSON is read as it is", () => {
  const value = fc.object({
    maxDepth: 4,
    values: [fc.string(), fc.double({ noNaN: true }), fc.constant(null)],
  })
  fc.assert(
    fc.property(value, fc.constantFrom("", " ", "\t", "\n  "), (config, blank) => {
      const written = {
        config: { ...config, "a:b": ':{"a":1,"a":2}', '\\"': '\\":' },
        rootfs: { diff_ids: [] },
      }
      const json = JSON.parse(JSON.stringify(written))
      expect(readConfiguration(JSON.stringify(written, null, blank), "shop").json).toEqual(json)
    }),
  )
})

test("the media types are those of Docker and of OCI", () => {
  expect(manifestMediaTypes).toEqual([docker, oci, dockerIndex, ociIndex])
  const docked = "application/vnd.docker.image.rootfs"
  expect(
    [
      `${docked}.diff.tar.gzip`,
      `${docked}.diff.tar`,
      `${docked}.foreign.diff.tar.gzip`,
      "application/vnd.oci.image.layer.v1.tar",
      "application/vnd.oci.image.layer.v1.tar+gzip",
      "application/vnd.oci.image.layer.v1.tar+zstd",
      "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
      "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
      "application/vnd.oci.image.layer.v1.tar+brotli",
      "application/octet-stream",
    ].map(layerPacking),
  ).toEqual(["gzip", "tar", "gzip", "tar", "gzip", "zstd", "gzip", null, null, null])
})
