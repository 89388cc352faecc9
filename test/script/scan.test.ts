import { randomBytes } from "node:crypto"
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { gzipSync, zstdCompressSync } from "node:zlib"
import { describe, expect, test } from "vitest"
import { type FakeImage, type FakeLayer, legacyMembers, ociMembers, savedMembers } from "../fake/image.ts"
import { type TarEntry, tar } from "../fake/tar.ts"
import { program, type Run, type RunOptions, runtimes, type Sandbox, sandbox } from "./harness.ts"

const value = 'it\'s/a "$5" tür'
const secret = {
  DB_PASSWORD: value,
  APP_KEY: "base64:RFFeO3l1bE1mZ2hqa2w7J3p4Y3Y=",
  APP_ENV: "production",
  PORT: 80,
}
const args = ["-f", "file:secret.json"]

const clean: TarEntry = { path: "app/index.php", content: "<?php echo 1;" }
const file = (content: string | Uint8Array, path = "app/leak"): FakeLayer => ({
  members: [{ path, content }],
})
const imageOf = (...layers: FakeLayer[]): FakeImage => ({ layers: [{ members: [clean] }, ...layers] })

function box(image: Uint8Array | null = null): Sandbox {
  return sandbox({
    "secret.json": JSON.stringify(secret),
    ...(image === null ? {} : { "image.tar": image }),
  })
}

const shop = `version: 1
app: shop
environments:
  production:
    secret: shop/production
    recipients: [RECIPIENT]
`

describe("envseal scan --opens", () => {
  test("proves that the image opens what is sealed, tells what does not, and never a value", async () => {
    const made = box()
    const { stdout: recipient } = await made.envseal(["keygen", "--out", "key.txt"])
    writeFileSync(made.path("envseal.yaml"), shop.replace("RECIPIENT", recipient.trim()))
    const sealing = await made.envseal(["seal", "-e", "production", ...args])
    expect([sealing.status, sealing.stderr]).toEqual([0, expect.not.stringContaining("error")])
    const program: TarEntry = { path: "usr/local/bin/envseal", content: "x", mode: 0o755 }
    const file: TarEntry = { path: "app/.env.sealed", content: readFileSync(made.path(".env.sealed")) }
    const run = { Entrypoint: ["envseal", "open", "--", "boot"], WorkingDir: "/app", User: "10001" }
    const image = { ...imageOf({ members: [program, file] }), run }
    const scan = (one: FakeImage) => {
      writeFileSync(made.path("image.tar"), tar(savedMembers(one)))
      return made.envseal(["scan", "image.tar", "-e", "production", "--opens", ...args])
    }
    const good = await scan(image)
    expect([good.status, good.stdout]).toEqual([0, ""])
    const bad = await scan({
      ...image,
      run: { ...run, Entrypoint: ["boot"] },
      env: ["API_TOKEN=s3cr3t-v4lue"],
    })
    expect(bad.status).toBe(3)
    expect(bad.stdout.split("\n")).toEqual([
      expect.stringMatching(
        /^what boot starts is not known, and envseal open is not seen in configuration sha256:\w{12}: config\.Entrypoint$/,
      ),
      expect.stringMatching(
        /^the variable API_TOKEN has a value in configuration sha256:\w{12}: config\.Env\[0\]$/,
      ),
      "",
    ])
    expect(bad.stdout + bad.stderr).not.toContain("s3cr3t")
  })

  test("without an environment is refused before anything is read", async () => {
    const told = await box().envseal(["scan", "image.tar", "--opens", ...args])
    expect([told.status, told.stdout]).toEqual([2, ""])
    expect(told.stderr).toContain("--opens needs an environment of envseal.yaml")
  })
})

/** Each a leak of its own, and the line that tells it. */
const leaks: readonly (readonly [string, FakeImage, RegExp])[] = [
  [
    "as it is",
    imageOf(file(`x${value}x`)),
    /^DB_PASSWORD \(raw\) in layer 2 of 2 sha256:\w{12} \(COPY \. \. # buildkit\): app\/leak$/,
  ],
  ["in base64", imageOf(file(Buffer.from(value).toString("base64"))), /^DB_PASSWORD \(base64\) in layer 2/],
  [
    "in base64 after a byte",
    imageOf(file(Buffer.from(`a${value}b`).toString("base64"))),
    /^DB_PASSWORD \(base64\)/,
  ],
  [
    "in base64 after two",
    imageOf(file(Buffer.from(`ab${value}`).toString("base64"))),
    /^DB_PASSWORD \(base64\)/,
  ],
  ["in hex", imageOf(file(Buffer.from(value).toString("hex"))), /^DB_PASSWORD \(hex\)/],
  ["in a URL", imageOf(file(`mysql://u:${encodeURIComponent(value)}@h`)), /^DB_PASSWORD \(URL\)/],
  ["in JSON", imageOf(file(JSON.stringify({ a: value }))), /^DB_PASSWORD \(JSON\)/],
  ["by var_export", imageOf(file(`'${value.replaceAll("'", "\\'")}'`)), /^DB_PASSWORD \(PHP\)/],
  ["in a gzip'ed layer", imageOf({ ...file(value), pack: gzipSync }), /^DB_PASSWORD \(raw\) in layer 2/],
  ["in a zstd layer", imageOf({ ...file(value), pack: zstdCompressSync }), /^DB_PASSWORD \(raw\) in layer 2/],
  [
    "in a deleted file",
    imageOf(file(value), { members: [{ path: "app/.wh.leak" }] }),
    /layer 2 of 3 .*: app\/leak$/,
  ],
  ["in a file's name", imageOf({ members: [{ path: `app/${value}/x` }] }), /: app\/… \(its path\)$/],
  [
    "in a link",
    imageOf({ members: [{ path: "l", type: "2", link: `/${value}` }] }),
    /: l \(what it links to\)$/,
  ],
  [
    "in a variable",
    { ...imageOf(), env: [`DB=${value}`] },
    /in configuration sha256:\w{12}: config\.Env\[0\]$/,
  ],
  [
    "in the history",
    imageOf({ ...file("x"), createdBy: `RUN |1 DB=${value} make` }),
    /in configuration sha256:\w{12}: history\[2\]\.created_by$/,
  ],
  [
    "as Laravel's key, decoded",
    imageOf(file(Buffer.from("RFFeO3l1bE1mZ2hqa2w7J3p4Y3Y=", "base64"))),
    /^APP_KEY \(decoded\)/,
  ],
  ["as a plain .env", imageOf(file("A=1", "app/.env")), /^a plain \.env in layer 2 .*: app\/\.env$/],
  ["as cached configuration", imageOf(file("<?php", "app/bootstrap/cache/config.php")), /^Laravel's cached/],
]

describe.concurrent.each(runtimes)("on $runtime", ({ executable }) => {
  test.each(leaks)("scan finds a value %s, and tells where", async (_title, image, line) => {
    const run = await box(tar(savedMembers(image))).envseal(["scan", "image.tar", ...args], { executable })
    expect(run.status, run.stderr).toBe(3)
    expect(run.stdout.trimEnd().split("\n")).toHaveLength(1)
    expect(run.stdout.trimEnd()).toMatch(line)
    expect(run.stdout + run.stderr).not.toContain("tür")
  })

  test.each([
    ["docker save", savedMembers],
    ["docker save before 25", legacyMembers],
    ["an OCI layout", ociMembers],
  ])("scan passes a clean image of %s, from a file and from standard input", async (_title, members) => {
    const image = tar(members(imageOf({ ...file("x"), pack: gzipSync })))
    const one = box(image)
    const read = await one.envseal(["scan", "image.tar", ...args], { executable })
    expect(read).toMatchObject({ status: 0, stdout: "" })
    expect(read.stderr).toContain("not looked for, because each is a common word: APP_ENV")
    expect(read.stderr).toContain("not looked for, because each is shorter than 8 characters: PORT")
    expect(read.stderr).toContain("found nothing; looked for 2 values in 2 layers")
    const piped = await one.envseal(["scan", "-", "-q", ...args], { executable, stdin: image })
    expect(piped).toMatchObject({ status: 0, stdout: "", stderr: "" })
  })

  test("scan finds what is piped in, in a large layer", async () => {
    const noise = randomBytes(3_000_000)
    const image = tar(savedMembers(imageOf(file(Buffer.concat([noise, Buffer.from(value), noise])))))
    const run = await box().envseal(["scan", "-", ...args], { executable, stdin: image })
    expect(run).toMatchObject({
      status: 3,
      stdout: expect.stringContaining("DB_PASSWORD (raw) in layer 2 of 2"),
    })
  })

  test.each([
    ["cut", (image: Buffer) => image.subarray(0, -700)],
    ["cut inside a layer", (image: Buffer) => image.subarray(0, 2_000)],
    ["no tar", () => Buffer.from("no tar".repeat(1_000))],
    ["empty", () => Buffer.alloc(0)],
  ])("scan fails for a file that is %s, and does not pass it", async (_title, damage) => {
    const image = damage(tar(savedMembers(imageOf(file("x".repeat(3_000))))))
    for (const [target, options] of [
      ["image.tar", {}],
      ["-", { stdin: image }],
    ] as const) {
      const run = await box(image).envseal(["scan", target, ...args], { executable, ...options })
      expect(run).toMatchObject({
        status: 4,
        stdout: "",
        stderr: expect.stringContaining("[IMAGE_MALFORMED]"),
      })
    }
  })

  test("scan looks through a folder, and does not follow its links", async () => {
    const one = box()
    mkdirSync(one.path("app/sub"), { recursive: true })
    writeFileSync(one.path("app/sub/config.json"), JSON.stringify(value))
    symlinkSync("/etc", one.path("app/etc"))
    symlinkSync(`/run/${value}`, one.path("app/link"))
    symlinkSync("../secret.json", one.path("app/.env"))
    const run = await one.envseal(["scan", "app", ...args], { executable })
    expect(run.status, run.stderr).toBe(3)
    expect(run.stdout).toBe(
      "DB_PASSWORD (raw) in link (what it links to)\nDB_PASSWORD (JSON) in sub/config.json\n",
    )
    expect(run.stderr).toContain("looked for 2 values in 1 file")
  })

  // Apple's file systems have no such names.
  test.skipIf(process.platform === "darwin")(
    "scan looks into files and folders whose names are not UTF-8, and at what links to such",
    async () => {
      const one = box()
      const named = (name: string) =>
        Buffer.concat([Buffer.from(one.path("app/")), Buffer.from(name, "latin1")])
      mkdirSync(named("d\xff"), { recursive: true })
      writeFileSync(named("d\xff/f\xfe"), value)
      symlinkSync(Buffer.concat([Buffer.from([0xff]), Buffer.from(value)]), named("l\xff"))
      const run = await one.envseal(["scan", "app", ...args], { executable })
      expect(run.status, run.stderr).toBe(3)
      expect(run.stdout.split("\n").filter((line) => line !== "")).toEqual([
        "DB_PASSWORD (raw) in d\ufffd/f\ufffd",
        "DB_PASSWORD (raw) in l\ufffd (what it links to)",
      ])
      expect(run.stderr).toContain("looked for 2 values in 1 file")
    },
  )

  test("scan --json reports findings, what was skipped, and what was searched", async () => {
    const image = tar(savedMembers(imageOf(file(value))))
    const run = await box(image).envseal(["scan", "image.tar", "--json", ...args], { executable })
    expect(run.status).toBe(3)
    expect(JSON.parse(run.stdout)).toMatchObject({
      clean: false,
      findings: [
        {
          type: "value",
          name: "DB_PASSWORD",
          encodings: ["raw"],
          layer: { number: 2, of: 2 },
          path: "app/leak",
        },
      ],
      more: 0,
      skipped: [
        { name: "APP_ENV", reason: "is a common word" },
        { name: "PORT", reason: "is shorter than 8 characters" },
      ],
      searched: { names: 2, layers: 2 },
    })
  })
})

describe.concurrent("scan", () => {
  test("looks through an OCI layout in a folder", async () => {
    const one = box()
    for (const { path, content = "", type } of ociMembers(imageOf(file(value)))) {
      if (type === "5") continue
      mkdirSync(dirname(one.path(`layout/${path}`)), { recursive: true })
      writeFileSync(one.path(`layout/${path}`), content)
    }
    const run = await one.envseal(["scan", "layout", ...args])
    expect(run).toMatchObject({ status: 3, stdout: expect.stringContaining("in layer 2 of 2") })
  })

  test("shows at most a hundred lines, and how many more there are", async () => {
    const members = Array.from({ length: 1_234 }, (_, at) => ({ path: `f${at}`, content: value }))
    const { stdout } = await box(tar(members)).envseal(["scan", "image.tar", ...args])
    const lines = stdout.trimEnd().split("\n")
    expect([lines.length, lines.at(-1)]).toEqual([101, "and 1134 more"])
  })

  test("looks for shorter values when told, and for none of an ignored name", async () => {
    const one = sandbox({ "secret.json": '{"PIN":"pin42x","URL":"https://shop.example"}' })
    writeFileSync(one.path("image.tar"), tar([{ path: "a", content: "pin42x https://shop.example" }]))
    const scan = (...more: string[]) => one.envseal(["scan", "image.tar", "-q", ...args, ...more])
    expect((await scan()).stdout).toBe("URL (raw) in a\n")
    expect((await scan("--min-length", "6", "--ignore", "URL")).stdout).toBe("PIN (raw) in a\n")
    expect(await scan("--min-length", "3")).toMatchObject({ status: 2 })
  })

  test("does not look for --set-env, which is not secret", async () => {
    const image = tar([{ path: "a", content: "0123456789abcdef" }])
    const env = { GIT_COMMIT: "0123456789abcdef" }
    const run = await box(image).envseal(["scan", "image.tar", ...args, "--set-env", "GIT_COMMIT"], { env })
    expect(run.status).toBe(0)
    expect(run.stderr).toContain("not looked for, because each is not secret (--set-env): GIT_COMMIT")
  })

  test.each<[string, readonly string[], RunOptions]>([
    ["no source", ["scan", "image.tar"], {}],
    ["image and secret on standard input", ["scan", "-", "-f", "-"], {}],
    ["no value to look for", ["scan", "image.tar", "-f", "env:S"], { env: { S: '{"A":"short"}' } }],
  ])("refuses %s", async (_title, given, options) => {
    expect(await box(tar([clean])).envseal(given, options)).toMatchObject({ status: 2, stdout: "" })
  })

  test("fails for a target that is not there", async () => {
    const run = await box().envseal(["scan", "none.tar", ...args])
    expect(run).toMatchObject({ status: 4, stderr: expect.stringContaining("[INPUT_UNREADABLE]") })
  })

  test("tells how to save an image whose name is given as the target", async () => {
    const run = await box().envseal(["scan", "shop:latest", ...args])
    expect(run).toMatchObject({ status: 4, stdout: "" })
    expect(run.stderr).toContain("docker save shop:latest | envseal scan -")
  })

  test("ends at --timeout when nothing comes", async () => {
    const command = `mkfifo pipe && exec "$0" "$1" scan pipe ${args.join(" ")} --timeout 400ms`
    const run = await box().run("sh", ["-c", command, process.execPath, program])
    expect(run).toMatchObject({ status: 7, stderr: expect.stringContaining("[TIMED_OUT]") })
  })

  test.runIf(process.getuid?.() === 0)("fails for a file in a folder that it may not read", async () => {
    const one = box()
    chmodSync(one.folder, 0o755)
    mkdirSync(one.path("app"))
    writeFileSync(one.path(`app/${value.replaceAll("/", "_")}-hunter`), "x", { mode: 0 })
    const run = await one.envseal(["scan", "app", ...args], { uid: 65_534 })
    expect(run).toMatchObject({ status: 4, stdout: "" })
  })
})

test("scan shows no value, in no spelling, on no stream", async () => {
  const markers = Array.from({ length: 5 }, () => `canary${randomBytes(9).toString("hex")}`)
  const [plain = "", quoted = "", multi = "", short = "", url = ""] = markers
  const canary = {
    PLAIN: plain,
    QUOTED: `${quoted} it's "$5" #1`,
    MULTI: `${multi}\n${"line ".repeat(9)}${markers[2]}`,
    SHORT: short.slice(0, 7),
    URL: `https://u:${url}@h/?a=ü b`,
  }
  const places = Object.values(canary).flatMap((one) => [
    one,
    Buffer.from(one).toString("base64url"),
    Buffer.from(one).toString("hex"),
    encodeURIComponent(one),
  ])
  const image: FakeImage = {
    layers: places.map((text, at) => ({
      createdBy: `RUN |1 A=${text} make`,
      members: [
        { path: `a${at}/${text}/b`, content: text },
        { path: `l${at}`, type: "2", link: text, owner: text.slice(0, 30) },
      ],
    })),
    env: places,
    labels: Object.fromEntries(places.map((text) => [text, text])),
    cmd: places,
  }
  const box = sandbox({ "secret.json": JSON.stringify(canary), "image.tar": tar(savedMembers(image)) })
  writeFileSync(box.path("cut.tar"), tar(savedMembers(image)).subarray(0, -2_000))
  const runs: Run[] = []
  for (const { executable } of runtimes) {
    for (const target of ["image.tar", "cut.tar"]) {
      for (const more of [[], ["--json"], ["--ignore", "PLAIN"]]) {
        runs.push(await box.envseal(["scan", target, ...args, "--debug", ...more], { executable }))
      }
    }
  }
  expect(runs.map(({ status }) => status)).toEqual(runtimes.flatMap(() => [3, 3, 3, 4, 4, 4]))
  const text = runs.map(({ stdout, stderr }) => stdout + stderr).join("")
  const pieces = [
    ...markers.map((marker) => marker.slice(0, 14)),
    ...places.map((place) => place.slice(0, 12)),
  ]
  const random = pieces.filter((piece) => /canary.{4}|^[\w-]{12}$/.test(piece))
  expect(random.length).toBeGreaterThan(15)
  expect(random.filter((piece) => text.includes(piece))).toEqual([])
})
