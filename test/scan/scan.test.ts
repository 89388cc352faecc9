import { gzipSync, zstdCompressSync } from "node:zlib"
import { describe, expect, test } from "vitest"
import { readJson } from "../../src/scan/core/json-text.ts"
import { type Scanned, type ScanRequest, scan } from "../../src/scan/run/scan-target.ts"
import { failureOf } from "../fake/failure.ts"
import { type FakeImage, legacyMembers, ociMembers, savedMembers } from "../fake/image.ts"
import { fakePorts } from "../fake/ports.ts"
import { fakeTargets } from "../fake/scan-targets.ts"
import { type TarEntry, tar } from "../fake/tar.ts"
import { encoders } from "./encoders.ts"

const secret = {
  DB_PASSWORD: "hunter22-canary",
  APP_KEY: "base64:c2VjcmV0IHNlY3JldCBzZWNyZXQ=",
  APP_ENV: "local",
}

function scanOf(
  bytes: Uint8Array,
  part: Partial<ScanRequest> = {},
  values: object = secret,
): Promise<Scanned> {
  const source = { type: "inline", bytes: Buffer.from(JSON.stringify(values)) } as const
  const request: ScanRequest = {
    target: "image.tar",
    secret: { from: [source], require: null, setEnv: [], nested: "json" },
    ignore: [],
    minLength: 8,
    ...part,
  }
  return scan(request, fakePorts(), fakeTargets(bytes))
}

const clean: TarEntry = { path: "app/index.php", content: "<?php" }
const leak: TarEntry = { path: "app/config.php", content: "'password' => 'hunter22-canary'" }

/** A base layer, one with the leak, one that deletes it. */
const image: FakeImage = {
  layers: [
    { members: [clean], createdBy: "ADD rootfs.tar / # buildkit" },
    { members: [leak], createdBy: "COPY . /app # buildkit" },
    { members: [{ path: "app/.wh.config.php" }], createdBy: "RUN rm config.php" },
  ],
}

describe.each([
  ["docker save", savedMembers],
  ["docker save before 25", legacyMembers],
  ["an OCI layout", ociMembers],
])("a tar of %s", (_title, members) => {
  test("tells the layer, its instruction and the path, though a later layer deletes the file", async () => {
    const { findings, searched } = await scanOf(tar(members(image)))
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({
      found: { type: "value", name: "DB_PASSWORD", encodings: ["raw"] },
      layer: { number: 2, of: 3, createdBy: "COPY . /app # buildkit" },
      path: "app/config.php",
      part: "content",
    })
    expect(findings[0]?.layer?.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(searched).toMatchObject({ names: 2, layers: 3 })
  })

  test("tells the same when the manifest comes first", async () => {
    const { findings } = await scanOf(tar([...members(image)].reverse()))
    expect(findings[0]?.layer).toMatchObject({ number: 2, of: 3 })
  })

  test("is clean without the leak", async () => {
    const layers = [{ members: [clean] }, { members: [] }]
    expect((await scanOf(tar(members({ layers })))).findings).toEqual([])
  })

  test("is refused when a layer is missing, or is no tar", async () => {
    const all = members(image)
    const at = all.findIndex(({ content }) => Buffer.from(content ?? "").includes("hunter22"))
    const broken = [
      all.filter((_, one) => one !== at),
      all.map((one, place) => (place === at ? { ...one, content: "{}" } : one)),
    ]
    for (const list of broken) {
      const { code, message } = await failureOf(() => scanOf(tar(list)))
      expect(code).toBe("IMAGE_MALFORMED")
      expect(message).toContain("image.tar lacks 1 part of an image")
    }
  })

  test("is refused when it is cut, wherever", async () => {
    const bytes = tar(members(image))
    for (let length = 0; length < bytes.length; length += 512) {
      expect((await failureOf(() => scanOf(bytes.subarray(0, length)))).code).toBe("IMAGE_MALFORMED")
    }
  })
})

describe("layers", () => {
  test.each([
    ["gzip", gzipSync],
    ["zstd", zstdCompressSync],
    ["zstd in many frames", frames],
  ])("compressed with %s are read", async (_title, pack) => {
    const layers = image.layers.map((layer) => ({ ...layer, pack }))
    const { findings } = await scanOf(tar(savedMembers({ layers })))
    expect(findings).toMatchObject([{ layer: { number: 2 }, path: "app/config.php" }])
  })

  test.each([
    ["plain", (bytes: Buffer) => bytes],
    ["gzip", gzipSync],
    ["zstd", zstdCompressSync],
  ])("that are cut inside a sound archive are refused (%s)", async (_title, pack) => {
    const layers = [{ members: [leak], pack: (bytes: Buffer) => pack(bytes).subarray(0, -20) }]
    for (const members of [savedMembers, legacyMembers]) {
      const { code } = await failureOf(() => scanOf(tar(members({ layers }))))
      expect(code).toBe("IMAGE_MALFORMED")
    }
  })

  test("of a compressed archive are read", async () => {
    expect((await scanOf(gzipSync(tar(savedMembers(image))))).findings).toHaveLength(1)
  })

  test("that two images share are named by the first of them", async () => {
    const bytes = tar([...savedMembers(image), ...savedMembers({ ...image, env: ["A=2"] })])
    expect((await scanOf(bytes)).findings[0]?.layer).toMatchObject({ number: 2, of: 3 })
  })
})

function frames(bytes: Buffer): Buffer {
  const parts = Array.from({ length: Math.ceil(bytes.length / 700) }, (_, at) =>
    zstdCompressSync(bytes.subarray(at * 700, (at + 1) * 700)),
  )
  return Buffer.concat(parts)
}

describe("the configuration", () => {
  test.each([
    ["a variable", { env: ["A=1", "DB=hunter22-canary"] }, "config.Env[1]"],
    ["a label", { labels: { note: "hunter22-canary" } }, "config.Labels.note"],
    ["a label's name", { labels: { "hunter22-canary": "" } }, "config.Labels.…"],
    ["the command", { cmd: ["sh", "-c", "login hunter22-canary"] }, "config.Cmd[2]"],
  ])("tells %s", async (_title, part, field) => {
    const { findings } = await scanOf(tar(savedMembers({ layers: [{ members: [clean] }], ...part })))
    expect(findings).toMatchObject([{ found: { name: "DB_PASSWORD" }, layer: null, path: null, field }])
    expect(findings[0]?.config).toMatch(/^sha256:/)
  })

  test("tells a build argument in the history, and shows it nowhere", async () => {
    const layers = [{ members: [leak], createdBy: "RUN |1 DB=hunter22-canary /bin/sh -c make" }]
    const scanned = await scanOf(tar(savedMembers({ layers })))
    expect(scanned.findings).toMatchObject([
      { config: expect.stringContaining("sha256:"), field: "history[1].created_by" },
      { layer: { createdBy: "RUN |1 …" }, path: "app/config.php" },
    ])
    expect(JSON.stringify(scanned)).not.toContain("hunter22")
  })

  test("hides short values in what the history tells of a layer", async () => {
    const layers = [{ members: [leak], createdBy: "RUN |1 PIN=pin4 make" }]
    const { findings } = await scanOf(tar(savedMembers({ layers })), {}, { ...secret, PIN: "pin4" })
    expect(findings[0]?.layer?.createdBy).toBe("RUN |1 …")
  })
})

describe("a plain tar", () => {
  test.each<[string, TarEntry, string]>([
    ["a path", { path: "etc/hunter22-canary/x" }, "path"],
    ["a long path", { path: `etc/${"long".repeat(40)}/hunter22-canary` }, "path"],
    ["a link", { path: "etc/link", type: "2", link: "/run/hunter22-canary" }, "link"],
    ["a hard link", { path: "etc/link", type: "1", link: "etc/hunter22-canary" }, "link"],
    ["attributes", { path: "x", attributes: { "SCHILY.xattr.user.x": "hunter22-canary" } }, "attributes"],
    ["an owner", { path: "x", owner: "hunter22-canary" }, "attributes"],
    ["a compressed file", { path: "x.gz", content: gzipSync("hunter22-canary") }, "content"],
    ["what only looks compressed", { path: "x", content: "\x1f\x8b\x08 hunter22-canary" }, "content"],
  ])("tells a value in %s", async (_title, member, part) => {
    const scanned = await scanOf(tar([clean, member]))
    expect(scanned.findings).toMatchObject([{ found: { name: "DB_PASSWORD" }, layer: null, part }])
    expect(JSON.stringify(scanned)).not.toContain("hunter22")
  })

  test("tells files that must not be there, and age identities", async () => {
    const identity = "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0"
    const { findings } = await scanOf(
      tar([
        { path: "app/.env", content: "A=1" },
        { path: "app/.env.local" },
        { path: "app/.env.example", content: "A=" },
        { path: "app/.env.link", type: "2", link: "/run/secrets/env" },
        { path: "app/bootstrap/cache/config.php", content: "<?php" },
        { path: "key.txt", content: `# key\n${identity}\n` },
        { path: "readme.md", content: "AGE-SECRET-KEY-1… is the form of an identity" },
      ]),
    )
    expect(findings.map(({ found, path }) => [found.type === "exposure" && found.what, path])).toEqual([
      ["a plain .env", "app/.env"],
      ["Laravel's cached configuration", "app/bootstrap/cache/config.php"],
      ["an age identity", "key.txt"],
    ])
  })

  test("with thousands of finds keeps a thousand and counts the others", async () => {
    const members = Array.from({ length: 1_500 }, (_, at) => ({ path: `f${at}`, content: "hunter22-canary" }))
    const { findings, more } = await scanOf(tar(members))
    expect([findings.length, more]).toEqual([1_000, 500])
  })
})

describe("a tar of links alone", () => {
  test.each([["1"], ["2"]] as const)("is searched (type %s)", async (type) => {
    const link = (target: string) =>
      tar([
        { path: "app/", type: "5" },
        { path: "l", type, link: target },
      ])
    expect((await scanOf(link("clean"))).findings).toEqual([])
    expect((await scanOf(link("/x/hunter22-canary"))).findings).toMatchObject([{ path: "l", part: "link" }])
  })
})

test("a value in an attribute called __proto__ is found", async () => {
  const attributes = Object.fromEntries([["__proto__", "hunter22-canary"]])
  const { findings } = await scanOf(tar([{ ...clean, attributes }]))
  expect(findings).toMatchObject([{ path: "app/index.php", part: "attributes" }])
})

describe("a scan that would search nothing is refused:", () => {
  test.each([
    ["an empty file", Buffer.alloc(0)],
    ["no tar", Buffer.from("hello".repeat(500))],
    ["a tar of nothing", tar([])],
    ["a tar of folders", tar([{ path: "app/", type: "5" }])],
    ["an image without layers", tar(savedMembers({ layers: [] }))],
  ])("%s", async (_title, bytes) => {
    expect((await failureOf(() => scanOf(bytes))).code).toBe("IMAGE_MALFORMED")
  })

  test("a secret of which every value is skipped", async () => {
    const { code, message } = await failureOf(() => scanOf(tar([clean]), {}, { A: "short", B: true }))
    expect(code).toBe("USAGE")
    expect(message).toContain("every one of them is skipped")
  })

  test("an image and a secret that are both on standard input", async () => {
    const secretFromStdin = { from: [{ type: "stdin" }], require: null, setEnv: [], nested: "json" } as const
    const part = { target: "-", secret: secretFromStdin }
    expect((await failureOf(() => scanOf(tar([clean]), part))).code).toBe("USAGE")
  })
})

test("what is skipped is told with its reason, and a name can be ignored", async () => {
  const { skipped, findings } = await scanOf(tar([leak]), { ignore: ["DB_PASSWORD"] })
  expect(findings).toEqual([])
  expect(skipped).toEqual([
    { name: "DB_PASSWORD", reason: "is ignored (--ignore)" },
    { name: "APP_ENV", reason: "is shorter than 8 characters" },
  ])
})

describe("JSON of an archive that is made to cost", () => {
  test.each([
    ["deep lists", "[".repeat(2_000_000) + "]".repeat(2_000_000)],
    ["deep objects", `${'{"a":'.repeat(500_000)}1${"}".repeat(500_000)}`],
    ["many values", `[${"[],".repeat(2_000_000)}[]]`],
    ["a string without an end", `["${"\\".repeat(4_000_001)}`],
  ])("is searched and not read: %s", async (_title, json) => {
    const bytes = tar([{ path: "manifest.json", content: `${json}hunter22-canary` }, clean])
    const { findings } = await scanOf(bytes)
    expect(findings).toMatchObject([{ path: "manifest.json", field: null }])
  })

  test("is read as long as it is an image's", () => {
    expect(readJson('{"a":[1,{"b":"]]]]"}]}')).toEqual({ a: [1, { b: "]]]]" }] })
    expect(readJson("[".repeat(200) + "]".repeat(200))).toBeUndefined()
    expect(readJson(`[${"0,".repeat(300_000)}0]`)).toBeUndefined()
  })
})

test("a value is shown in no path, however it is encoded there", async () => {
  const value = "it's-a hunter22/canary"
  for (const [turn, { name, write }] of encoders.entries()) {
    // A path in a tar holds no zero bytes.
    if (name.startsWith("UTF-16")) continue
    const text = Buffer.from(write(value, turn))
    const path = `app/dir/${text.toString("latin1")}`
    const scanned = await scanOf(tar([clean, { path, content: text }]), {}, { A: value })
    expect(scanned.findings.length).toBeGreaterThan(0)
    const part = path.slice("app/dir/".length)
    expect(JSON.stringify(scanned)).not.toContain(JSON.stringify(part).slice(1, -1))
  }
})
