import { gunzipSync, gzipSync } from "node:zlib"
import fc from "fast-check"
import { beforeAll, describe, expect, test } from "vitest"
import { proveResealed } from "../../../src/deploy/run/prove-resealed.ts"
import { digestOf } from "../../../src/image/descriptor.ts"
import { resealedFrom } from "../../../src/image/exchange.ts"
import { tarEnd } from "../../../src/image/ustar.ts"
import { failureOf } from "../../fake/failure.ts"
import { context, sealed } from "../../fake/sealed.ts"
import { type TarEntry, tarMember } from "../../fake/tar.ts"
import {
  type ImageParts,
  ImageShelf,
  layerOf,
  putImage,
  resealedParts,
  type StoredLayer,
  sealedTar,
  types,
} from "./image-shelf.ts"

/** As a layer that is not of reseal's making may be packed. */
async function* decompress(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  yield gunzipSync(Buffer.concat(all))
}

const repository = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop"
const path = "app/.env.sealed"

let oldContent: Uint8Array
let newContent: Uint8Array
beforeAll(async () => {
  oldContent = await sealed({ text: "APP_KEY=old\n" })
  newContent = await sealed({ text: "APP_KEY=new\n" })
})

const file = (text: string): StoredLayer =>
  layerOf(Buffer.concat([tarMember({ path: "app/index.php", content: text }), tarEnd]))

/** An image as it was built: its sealed file has a layer of its own, the last one. */
function builtParts(tar = sealedTar({ content: oldContent })): ImageParts {
  return {
    layers: [file("base"), file("<?php code"), layerOf(tar)],
    configuration: {
      architecture: "amd64",
      created: "2026-01-02T03:04:05Z",
      os: "linux",
      config: {
        Env: ["A=hunter2"],
        Entrypoint: ["envseal", "open", "--"],
        Cmd: ["php-fpm"],
        User: "www-data",
        WorkingDir: "/app",
        Labels: { "org.opencontainers.image.revision": "1a2b" },
      },
      history: [
        { created_by: "ADD base" },
        { created_by: "COPY . ." },
        { created_by: "COPY .env.sealed ." },
        { created_by: "CMD", empty_layer: true },
      ],
    },
    more: {},
  }
}

interface Stand {
  readonly shelf: ImageShelf
  readonly from: string
  readonly parts: ImageParts
  readonly digest: string
}

/** What runs, and what a reseal makes of it. */
function stand(tar = sealedTar({ content: newContent }), built = builtParts()): Stand {
  const shelf = new ImageShelf()
  const from = putImage(shelf, built)
  return { shelf, from, ...resealedParts(shelf, from, tar, "replace") }
}

const prove = ({ shelf, from }: Stand, to: string) =>
  proveResealed(
    { from, to, context, environment: "production" },
    { source: { reader: shelf, repository }, decompress },
  )

/** The code that it is refused with. */
async function refusalOf(made: Stand, to: string): Promise<string> {
  const { code, message, hint } = await failureOf(() => prove(made, to))
  expect(`${message} ${hint}`).not.toMatch(/hunter2|evil-value/)
  return code
}

type Alteration = (parts: ImageParts) => ImageParts

/** Changes the configuration of the image, and all digests with it. */
const configured =
  (change: (json: Record<string, unknown>) => object): Alteration =>
  (parts) => ({ ...parts, configuration: change(parts.configuration as Record<string, unknown>) })

/** Changes how the container is run. */
const run = (change: object): Alteration =>
  configured((json) => ({ ...json, config: { ...(json["config"] as object), ...change } }))

const labelled = (labels: object): Alteration =>
  configured((json) => {
    const config = json["config"] as { Labels: object }
    return { ...json, config: { ...config, Labels: { ...config.Labels, ...labels } } }
  })

const respelled =
  (respell: (text: string) => string): Alteration =>
  (parts) => ({ ...parts, respell })

const layered =
  (change: (layers: readonly StoredLayer[]) => readonly StoredLayer[]): Alteration =>
  (parts) => ({ ...parts, layers: change(parts.layers) })

/** Another last layer, consistent with its digests. */
const last = (change: (layer: StoredLayer) => StoredLayer): Alteration =>
  layered((layers) => layers.map((layer, at) => (at === layers.length - 1 ? change(layer) : layer)))

const tarred = (make: () => Uint8Array): Alteration => last(() => layerOf(make()))

/** A tar as other programs write it. */
const members = (...all: readonly TarEntry[]): Alteration =>
  tarred(() => Buffer.concat([...all.map(tarMember), tarEnd]))

/** Beside the good file. */
const beside = (before: readonly TarEntry[], after: readonly TarEntry[] = []): Alteration =>
  tarred(() => {
    const good = sealedTar({ content: newContent }).subarray(0, -tarEnd.length)
    return Buffer.concat([...before.map(tarMember), good, ...after.map(tarMember), tarEnd])
  })

const packed = (pack: (tar: Uint8Array) => Uint8Array): Alteration =>
  last((layer) => ({ ...layer, bytes: pack(sealedTar({ content: newContent })) }))

const evil = "evil-value"

const ofLayers: readonly (readonly [string, Alteration])[] = [
  ["a layer below all", layered((all) => [file(evil), ...all])],
  ["a layer before the last", layered((all) => [...all.slice(0, -1), file(evil), ...all.slice(-1)])],
  ["two layers on top", layered((all) => [...all, file(evil), file(evil)])],
  ["a layer on top, with code", layered((all) => [...all, file(evil)])],
  ["one layer less", layered((all) => all.slice(1))],
  ["another base", layered(([, ...all]) => [file(evil), ...all])],
  ["another layer of code", layered(([base, , ...all]) => [base ?? file(""), file(evil), ...all])],
  ["layers in another order", layered(([one, two, ...all]) => [two ?? file(""), one ?? file(""), ...all])],
  ["a layer from elsewhere", last((one) => ({ ...one, more: { urls: [`https://example.com/${evil}`] } }))],
  [
    "another type of its layer",
    last((one) => ({ ...one, mediaType: `${types.layer}`.replace("gzip", "zstd") })),
  ],
  ["a diff_id of another tar", last((one) => ({ ...one, diffId: digestOf(Buffer.from(evil)) }))],
]

const ofConfiguration: readonly (readonly [string, Alteration])[] = [
  ["another Entrypoint", run({ Entrypoint: ["sh", "-c", evil] })],
  ["another Cmd", run({ Cmd: [evil] })],
  ["another Env", run({ Env: [`LD_PRELOAD=${evil}`] })],
  ["another User", run({ User: "root" })],
  ["another WorkingDir", run({ WorkingDir: "/tmp" })],
  ["a Healthcheck", run({ Healthcheck: { Test: ["CMD", evil] } })],
  ["a volume", run({ Volumes: { "/app": {} } })],
  ["a Shell", run({ Shell: [evil] })],
  ["OnBuild", run({ OnBuild: [evil] })],
  ["another StopSignal", run({ StopSignal: "SIGKILL" })],
  ["an entrypoint in another case", run({ entrypoint: [evil] })],
  ["another label", labelled({ "org.opencontainers.image.revision": evil })],
  ["one label more", labelled({ [evil]: "1" })],
  ["another platform", configured((json) => ({ ...json, architecture: "arm64" }))],
  ["another author", configured((json) => ({ ...json, author: evil }))],
  ["a time that is none", configured((json) => ({ ...json, created: evil }))],
  ["another history", configured((json) => ({ ...json, history: [{ created_by: evil }] }))],
  ["blanks", respelled((text) => `${text} `)],
  ["an annotation", (parts) => ({ ...parts, more: { ...parts.more, annotations: { note: evil } } })],
  [
    "a subject",
    (parts) => ({ ...parts, more: { ...parts.more, subject: { digest: digestOf(Buffer.from(evil)) } } }),
  ],
]

const good = { path, content: "x", mode: 0o444, uid: 33, gid: 33 }
const ofFile: readonly (readonly [string, Alteration])[] = [
  ["another path", tarred(() => sealedTar({ content: newContent, path: "app/index.php" }))],
  ["another owner", tarred(() => sealedTar({ content: newContent, uid: 0 }))],
  ["another group", tarred(() => sealedTar({ content: newContent, gid: 0 }))],
  ["another mode", tarred(() => sealedTar({ content: newContent, mode: 0o555 }))],
  ["setuid", tarred(() => sealedTar({ content: newContent, mode: 0o4444 }))],
  [
    "a folder that is set anew",
    tarred(() =>
      sealedTar({ content: newContent, folders: [{ path: "app", mode: 0o777, uid: 33, gid: 33 }] }),
    ),
  ],
  ["a second file", beside([{ path: "app/index.php", content: evil }])],
  ["a second file behind it", beside([], [{ path: "app/index.php", content: evil }])],
  ["the file twice", beside([], [{ ...good, content: evil }])],
  ["a symbolic link", members({ path, type: "2", link: "/etc/passwd" })],
  ["a hard link", members({ path, type: "1", link: "app/index.php" })],
  ["a symbolic link before it", beside([{ path: "app", type: "2", link: "/usr" }])],
  ["a whiteout", beside([], [{ path: "app/.wh.index.php" }])],
  ["a whiteout of all", beside([{ path: "app/.wh..wh..opq" }])],
  ["a device", members({ path, type: "6" })],
  ["a path in a pax header", members({ ...good, attributes: { path: "app/index.php" } })],
  ["a link in a pax header", members({ ...good, attributes: { linkpath: "/etc/passwd" } })],
  ["an attribute", members({ ...good, attributes: { "SCHILY.xattr.security.capability": evil } })],
  ["a long name of GNU", members({ ...good, path: `${"a/".repeat(60)}index.php`, long: "gnu" })],
  ["a path that begins with a slash", members({ ...good, path: `/${path}` })],
  ["a path that leads out", members({ ...good, path: `app/../${path}` })],
  ["nothing", tarred(() => tarEnd)],
  [
    "a second tar behind its end",
    tarred(() =>
      Buffer.concat([
        sealedTar({ content: newContent }),
        tarMember({ path: "app/index.php", content: evil }),
        tarEnd,
      ]),
    ),
  ],
  ["zeros behind its end", tarred(() => Buffer.concat([sealedTar({ content: newContent }), tarEnd]))],
  ["no end", tarred(() => sealedTar({ content: newContent }).subarray(0, -tarEnd.length))],
  [
    "two members of gzip",
    packed((tar) => Buffer.concat([gzipSync(tar.subarray(0, 512)), gzipSync(tar.subarray(512))])),
  ],
  ["a member of gzip behind it", packed((tar) => Buffer.concat([gzipSync(tar), gzipSync(evil)]))],
  ["bytes behind the gzip", packed((tar) => Buffer.concat([gzipSync(tar), Buffer.from(evil)]))],
  ["zeros behind the gzip", packed((tar) => Buffer.concat([gzipSync(tar), Buffer.alloc(8)]))],
  ["no gzip", packed((tar) => tar)],
  ["a bomb", last((one) => ({ ...one, bytes: gzipSync(Buffer.alloc(64 * 2 ** 20)) }))],
]

const alterations = [...ofLayers, ...ofConfiguration, ...ofFile]

/** @returns `null` for what is no gzip. */
function unpacked(bytes: Uint8Array): string | null {
  try {
    return gunzipSync(bytes).toString("latin1")
  } catch {
    return null
  }
}

describe("an image that was resealed", () => {
  test("is proven to be what runs with another sealed file, by its small parts alone", async () => {
    const made = stand()
    const to = putImage(made.shelf, made.parts)
    expect(to).toBe(made.digest)
    await prove(made, to)
    const [base = file(""), code = file("")] = made.parts.layers
    for (const { bytes } of [base, code]) expect(made.shelf.asked).not.toContain(digestOf(bytes))
  })

  test("is proven where the new layer covers one that holds more", async () => {
    const { shelf, from } = stand()
    const { parts } = resealedParts(shelf, from, sealedTar({ content: newContent }), "cover")
    await prove({ shelf, from, parts, digest: "" }, putImage(shelf, parts))
  })

  test("is refused in the place of a layer that held more", async () => {
    const code = tarMember({ path: "app/artisan", content: "<?php" })
    const tar = Buffer.concat([code, sealedTar({ content: oldContent })])
    const made = stand(sealedTar({ content: newContent }), builtParts(tar))
    const { message } = await failureOf(() => prove(made, putImage(made.shelf, made.parts)))
    expect(message).toContain("in the place of one that held more")
    const { parts } = resealedParts(made.shelf, made.from, sealedTar({ content: newContent }), "cover")
    await prove(made, putImage(made.shelf, parts))
  })

  test("is proven of an image that was resealed before", async () => {
    const first = stand()
    const from = putImage(first.shelf, first.parts)
    const again = resealedParts(first.shelf, from, sealedTar({ content: oldContent }), "replace")
    await prove({ ...first, from }, putImage(first.shelf, again.parts))
    expect(await refusalOf(first, putImage(first.shelf, again.parts))).toBe("CODE_CHANGED")
  })

  test.each(alterations)("is refused with %s", async (_, alter) => {
    const made = stand()
    expect(await refusalOf(made, putImage(made.shelf, alter(made.parts)))).toBe("CODE_CHANGED")
  })

  test("is refused with any of these together", async () => {
    const some = fc.subarray([...alterations.keys()], { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(some, async (which) => {
        const made = stand()
        const altered = which.reduce((parts, at) => alterations[at]?.[1](parts) ?? parts, made.parts)
        expect(["CODE_CHANGED", "IMAGE_MALFORMED"]).toContain(
          await refusalOf(made, putImage(made.shelf, altered)),
        )
      }),
    )
  })

  test("is refused with any byte of its parts changed, though every digest is right again", async () => {
    const made = stand()
    const spoil = (bytes: Uint8Array, at: number, by: number, from = 0) =>
      bytes.map((byte, index) => (index === from + (at % (bytes.length - from)) ? byte ^ by : byte))
    // What a gzip says of its time and its maker is no content.
    const behindHeader = 10
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), async (at, by, inLayer) => {
        const spoilt = (bytes: Uint8Array) => spoil(bytes, at, by, behindHeader)
        const { bytes: whole } = made.parts.layers.at(-1) ?? file("")
        // The last bits before its checksum are unused: other ones make the same content.
        fc.pre(!inLayer || unpacked(spoilt(whole)) !== unpacked(whole))
        const layer = last((one) => ({ ...one, bytes: spoilt(one.bytes) }))
        const text = respelled((json) => Buffer.from(spoil(Buffer.from(json), at, by)).toString("latin1"))
        const to = putImage(made.shelf, (inLayer ? layer : text)(made.parts))
        expect(["CODE_CHANGED", "IMAGE_MALFORMED"]).toContain(await refusalOf(made, to))
      }),
    )
  })

  test("is refused when it or what runs names a member twice, of which readers take different ones", async () => {
    const twice = respelled((text) => `{"config":{"Entrypoint":["${evil}"]},${text.slice(1)}`)
    const made = stand()
    expect(await refusalOf(made, putImage(made.shelf, twice(made.parts)))).toBe("IMAGE_MALFORMED")
    const shelf = new ImageShelf()
    const from = putImage(shelf, builtParts())
    const { parts } = resealedParts(shelf, from, sealedTar({ content: newContent }), "replace")
    const sly = putImage(shelf, twice(builtParts()))
    const to = putImage(shelf, labelled({ [resealedFrom]: sly })(parts))
    expect(await refusalOf({ ...made, shelf, from: sly }, to)).toBe("IMAGE_MALFORMED")
  })

  test("is refused when a part is not what its digest says", async () => {
    const made = stand()
    const to = putImage(made.shelf, made.parts)
    const { bytes } = made.parts.layers.at(-1) ?? file("")
    made.shelf.blobs.set(digestOf(bytes), file(evil).bytes.subarray(0, bytes.length))
    expect(await refusalOf(made, to)).toBe("IMAGE_MALFORMED")
    made.shelf.manifests.set(to, { digest: to, mediaType: types.manifest, text: "{}" })
    expect(await refusalOf(made, to)).toBe("IMAGE_MALFORMED")
  })

  test("is refused with what to do when it was built, and when its label names another image", async () => {
    const made = stand()
    const built = putImage(made.shelf, { ...builtParts(), layers: [file("new base"), file("new code")] })
    const { code, message, hint } = await failureOf(() => prove(made, built))
    expect([code, message]).toEqual(["CODE_CHANGED", expect.stringContaining("built, and not resealed")])
    expect(hint).toContain("envseal doctor production")
    const other = labelled({ [resealedFrom]: digestOf(Buffer.from("other")) })(made.parts)
    const elsewhere = await failureOf(() => prove(made, putImage(made.shelf, other)))
    expect([elsewhere.code, elsewhere.hint]).toEqual([
      "CODE_CHANGED",
      "reseal what runs now: envseal deploy production --reseal",
    ])
    expect(elsewhere.message).toContain(`it was resealed from ${digestOf(Buffer.from("other"))}`)
  })

  test("is refused when the file is no envelope, or is for elsewhere", async () => {
    for (const [content, code] of [
      [Buffer.from("<?php evil();"), "CODE_CHANGED"],
      [await sealed({ context: { app: "shop", environment: "staging" } }), "CONTEXT_MISMATCH"],
    ] as const) {
      const made = stand(sealedTar({ content }))
      expect(await refusalOf(made, putImage(made.shelf, made.parts))).toBe(code)
    }
  })
})

describe("an index that was resealed", () => {
  const attestation = { "vnd.docker.reference.type": "attestation-manifest" }
  const entry = (digest: string, shelf: ImageShelf, architecture: string, more: object = {}) => ({
    mediaType: types.manifest,
    digest,
    size: shelf.manifests.get(digest)?.text.length ?? 0,
    platform: { architecture, os: architecture === "unknown" ? "unknown" : "linux" },
    ...more,
  })
  const indexOf = (manifests: readonly object[], more: object = {}) =>
    JSON.stringify({ schemaVersion: 2, mediaType: types.index, manifests, ...more })

  /** Two platforms that run, and what a reseal makes of each. */
  function platforms() {
    const shelf = new ImageShelf()
    const amd = putImage(shelf, builtParts())
    const arm = putImage(shelf, configured((json) => ({ ...json, architecture: "arm64" }))(builtParts()))
    const note = putImage(shelf, { ...builtParts(), layers: [file("statement")] })
    const from = shelf.putManifest(
      indexOf([
        entry(amd, shelf, "amd64"),
        entry(arm, shelf, "arm64"),
        entry(note, shelf, "unknown", { annotations: attestation }),
      ]),
      types.index,
    )
    const tar = sealedTar({ content: newContent })
    const made = [amd, arm].map((one) =>
      putImage(shelf, resealedParts(shelf, one, tar, "replace", from).parts),
    )
    const [one = "", two = ""] = made
    const annotations = { annotations: { [resealedFrom]: from } }
    const put = (manifests: readonly object[], more: object = annotations) =>
      shelf.putManifest(indexOf(manifests, more), types.index)
    const entries = [entry(one, shelf, "amd64"), entry(two, shelf, "arm64")]
    return { shelf, from, note, one, two, put, entries, parts: builtParts(), digest: "" }
  }

  test("is proven by every platform's image, and loses what attested to the old ones", async () => {
    const made = platforms()
    await prove(made, made.put(made.entries))
  })

  test.each<[string, (made: ReturnType<typeof platforms>) => string]>([
    ["a platform more", (made) => made.put([...made.entries, entry(made.one, made.shelf, "riscv64")])],
    ["a platform less", ({ put, entries }) => put(entries.slice(0, 1))],
    ["platforms in another order", ({ put, entries }) => put([...entries].reverse())],
    [
      "another platform's name",
      (made) => made.put([entry(made.one, made.shelf, "s390x"), ...made.entries.slice(1)]),
    ],
    [
      "an attestation",
      (made) =>
        made.put([...made.entries, entry(made.note, made.shelf, "unknown", { annotations: attestation })]),
    ],
    [
      "an image of the old index in the new",
      (made) => made.put([entry(made.one, made.shelf, "amd64"), entry(made.note, made.shelf, "arm64")]),
    ],
    ["other annotations", ({ put, entries }) => put(entries, { annotations: { evil: "1" } })],
    ["an image of one platform in its place", ({ one }) => one],
    [
      "other code for the second platform",
      (made) => {
        const { parts } = resealedParts(
          made.shelf,
          made.one,
          sealedTar({ content: newContent }),
          "replace",
          made.from,
        )
        const other = putImage(made.shelf, run({ Cmd: [evil] })(parts))
        return made.put([entry(made.one, made.shelf, "amd64"), entry(other, made.shelf, "arm64")])
      },
    ],
  ])("is refused with %s", async (_, spoil) => {
    const made = platforms()
    expect(await refusalOf(made, spoil(made))).toBe("CODE_CHANGED")
  })

  test("is refused in the place of an image of one platform", async () => {
    const { shelf, from, parts } = stand()
    const one = putImage(shelf, parts)
    const to = shelf.putManifest(indexOf([entry(one, shelf, "amd64")]), types.index)
    expect(await refusalOf({ shelf, from, parts, digest: "" }, to)).toBe("CODE_CHANGED")
  })
})
