import { beforeAll, describe, expect, test } from "vitest"
import { recipientOf } from "../../src/envelope/identity.ts"
import { noPins } from "../../src/envelope/pinned-keys.ts"
import { seal } from "../../src/library.ts"
import type { SecretStore } from "../../src/ports/secrets.ts"
import { type Scanned, scan } from "../../src/scan/run/scan-target.ts"
import type { StartDemands } from "../../src/scan/run/start.ts"
import { seal as sealSources } from "../../src/seal/run/seal-secret.ts"
import { parseSource } from "../../src/seal/run/source.ts"
import { failureOf } from "../fake/failure.ts"
import { type FakeImage, legacyMembers, ociMembers, savedMembers } from "../fake/image.ts"
import { alice as aliceKey } from "../fake/keys.ts"
import { fakePorts } from "../fake/ports.ts"
import { fakeTargets } from "../fake/scan-targets.ts"
import { sha256, type TarEntry, tar } from "../fake/tar.ts"

const secret = { DB_PASSWORD: "hunter22-canary" }
const context = { app: "shop", environment: "production" }
const alice = await recipientOf(aliceKey.identity)
const settings: StartDemands["settings"] = {
  ...{ name: "production", context, kmsKeys: [] },
  recipients: [alice],
}

let sealed: Uint8Array
let staging: Uint8Array
beforeAll(async () => {
  const text = JSON.stringify(secret)
  sealed = await seal(text, { recipients: [alice], context })
  staging = await seal(text, {
    recipients: [alice],
    context: { ...context, environment: "staging" },
    armored: false,
  })
})

const program: TarEntry = { path: "usr/local/bin/envseal", content: "\u007fELF", mode: 0o755 }
const accounts: TarEntry = {
  path: "etc/passwd",
  content: "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/:/bin/sh\n",
}
const boot: TarEntry = {
  path: "usr/local/bin/boot",
  content: '#!/bin/sh\nphp artisan config:cache\nexec "$@"\n',
  mode: 0o755,
}
const entry = ["envseal", "open", "--require-tmpfs", "--", "boot"]
const run = { Entrypoint: entry, WorkingDir: "/app", User: "10001:10001" }

/** An image that is in order, but for what is given. */
function image(part: Partial<FakeImage> = {}, last: readonly TarEntry[] | null = null): FakeImage {
  const members = last ?? [{ path: "app/.env.sealed", content: sealed }]
  return {
    layers: [
      { members: [accounts, { path: "usr/bin/env", content: "x" }] },
      { members: [program, boot] },
      { members },
    ],
    run,
    ...part,
  }
}

function proven(
  made: FakeImage,
  pack = savedMembers,
  opens: StartDemands["settings"] | null = settings,
): Promise<Scanned> {
  const source = { type: "inline", bytes: Buffer.from(JSON.stringify(secret)) } as const
  return scan(
    {
      target: "image.tar",
      secret: { from: [source], require: null, setEnv: [], nested: "json" },
      ...{ ignore: [], minLength: 8, opens },
    },
    fakePorts(),
    fakeTargets(tar(pack(made))),
  )
}

async function faults(made: FakeImage, opens = settings) {
  const { findings } = await proven(made, savedMembers, opens)
  return findings.flatMap(({ found, field }) =>
    found.type === "start" ? [[found.proof, found.what, field]] : [found.type],
  )
}

describe.each([
  ["docker save", savedMembers],
  ["docker save before 25", legacyMembers],
  ["an OCI layout", ociMembers],
])("an image of %s", (_, pack) => {
  test("that opens what is sealed for the environment has no finds, whatever comes first", async () => {
    expect((await proven(image(), pack)).findings).toEqual([])
    const reversed = (made: FakeImage) => [...pack(made)].reverse()
    expect((await proven(image(), reversed)).findings).toEqual([])
  })

  test("that starts something else is a find in its configuration", async () => {
    const { findings } = await proven(image({ run: { ...run, Entrypoint: ["php-fpm"] } }), pack)
    expect(findings).toMatchObject([
      {
        found: { type: "start", proof: "entry", what: "it starts php-fpm, which never runs envseal open" },
        config: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        ...{ layer: null, path: null, field: "config.Entrypoint" },
      },
    ])
  })
})

describe("the entry point", () => {
  test.each<[string, object, readonly TarEntry[]]>([
    ["is in CMD", { Entrypoint: null, Cmd: [...entry, "php-fpm"] }, []],
    [
      "is a script",
      { Entrypoint: ["/start.sh"] },
      [{ path: "start.sh", content: '#!/bin/bash\nexec envseal open -- "$@"\n', mode: 0o755 }],
    ],
    [
      "is a script in PATH",
      { Entrypoint: ["start"] },
      [{ path: "usr/local/bin/start", content: "#!/bin/sh\nenvseal open -- php-fpm\n", mode: 0o755 }],
    ],
    [
      "is a link to one",
      { Entrypoint: ["/run.sh"] },
      [
        { path: "run.sh", type: "2", link: "app/run.sh" },
        { path: "app/run.sh", content: "#!/bin/sh\nenvseal open -- php-fpm\n", mode: 0o755 },
      ],
    ],
    [
      "is a script that does not say what runs it, given to a shell",
      { Entrypoint: ["sh", "/app/start.sh"] },
      [{ path: "app/start.sh", content: "set -e\nexec envseal open -- php-fpm\n" }],
    ],
    [
      "reads another script",
      { Entrypoint: ["sh", "/app/start.sh"] },
      [
        { path: "app/start.sh", content: ". /app/lib.sh\nstart\n" },
        { path: "app/lib.sh", content: "start() { exec envseal open -- php-fpm; }\n" },
      ],
    ],
    [
      "is in a folder that is a link to another one",
      { Entrypoint: ["/bin/start"] },
      [
        { path: "bin", type: "2", link: "usr/bin" },
        { path: "usr/bin/start", content: "#!/bin/sh\nenvseal open -- php-fpm\n", mode: 0o755 },
      ],
    ],
    ["is in a shell", { Entrypoint: ["/bin/sh", "-c", "envseal open -- php-fpm"], Cmd: null }, []],
    ["is behind tini", { Entrypoint: ["/sbin/tini", "--", ...entry] }, []],
  ])("that %s opens", async (_, part, more) => {
    const made = image({ run: { ...run, ...part } }, [{ path: "app/.env.sealed", content: sealed }, ...more])
    expect(await faults(made)).toEqual([])
  })

  test.each<[string, object, readonly TarEntry[]]>([
    [
      "a script that does not",
      { Entrypoint: ["/start.sh"] },
      [{ path: "start.sh", content: '#!/bin/sh\n# envseal open\nexec "$@"\n' }],
    ],
    [
      "a script that nobody may execute",
      { Entrypoint: ["/start.sh"] },
      [{ path: "start.sh", content: "#!/bin/sh\nenvseal open -- php-fpm\n", mode: 0o644 }],
    ],
    [
      "a script in PATH that nobody may execute",
      { Entrypoint: ["start"] },
      [{ path: "usr/local/bin/start", content: "#!/bin/sh\nenvseal open -- php-fpm\n", mode: 0o644 }],
    ],
    [
      "a script that does not say what runs it",
      { Entrypoint: ["/app/start.sh"] },
      [{ path: "app/start.sh", content: "set -e\nexec envseal open -- php-fpm\n", mode: 0o755 }],
    ],
    [
      "a script in PATH that does not say what runs it",
      { Entrypoint: ["start.sh"] },
      [{ path: "usr/local/bin/start.sh", content: "\n#!/bin/sh\nenvseal open -- php-fpm\n", mode: 0o755 }],
    ],
    [
      "a program that is not known",
      { Entrypoint: ["/usr/bin/start"] },
      [{ path: "usr/bin/start", content: "\u007fELF" }],
    ],
    ["supervisord", { Entrypoint: ["supervisord"] }, []],
    ["nothing", { Entrypoint: null, Cmd: null }, []],
    [
      "a shell that gets nothing of CMD",
      { Entrypoint: ["/bin/sh", "-c", "envseal open -- boot"], Cmd: ["php-fpm"] },
      [],
    ],
    [
      "a shell that takes the first word of CMD for its name",
      { Entrypoint: ["/bin/sh", "-c", 'envseal open -- "$@"'], Cmd: ["php-fpm"] },
      [],
    ],
  ])("that is %s is a find", async (_, part, more) => {
    const made = image({ run: { ...run, ...part } }, [{ path: "app/.env.sealed", content: sealed }, ...more])
    expect((await faults(made)).map(([proof]) => proof)).toEqual(["entry"])
  })

  test("of an image without envseal is a find", async () => {
    const made = image()
    const layers = made.layers.map((layer, at) => (at === 1 ? { members: [boot] } : layer))
    expect(await faults({ ...made, layers })).toEqual([
      ["program", "envseal is not in it", "config.Entrypoint"],
    ])
  })
})

test("envseal may be anywhere in the image, and of any size", async () => {
  const members = [boot, { path: "opt/envseal", content: Buffer.alloc(200_000, 1), mode: 0o755 }]
  const layers = image().layers.map((layer, at) => (at === 1 ? { members } : layer))
  expect(await faults({ ...image(), layers })).toEqual([])
})

test("envseal that is not where the entry point says, or that nobody may execute, is a find", async () => {
  const Entrypoint = ["/usr/bin/envseal", "open", "--", "boot"]
  expect(await faults(image({ run: { ...run, Entrypoint } }))).toEqual([
    ["program", "it has no /usr/bin/envseal", "config.Entrypoint"],
  ])
  const more = [
    { path: "app/.env.sealed", content: sealed },
    { ...program, mode: 0o600 },
  ]
  expect(await faults(image({}, more))).toEqual([
    ["program", "/usr/local/bin/envseal may not be executed", "config.Entrypoint"],
  ])
})

describe("envseal for a processor", () => {
  const elf = (machine: number, size = 64) => {
    const bytes = Buffer.alloc(size)
    bytes.write("\u007fELF\u0002\u0001\u0001", "latin1")
    bytes.writeUInt16LE(machine, 18)
    return bytes
  }
  const told = (architecture: string | null, content: Uint8Array, more: readonly TarEntry[] = []) => {
    const members = [boot, { path: "usr/local/bin/envseal", content, mode: 0o755 }, ...more]
    const layers = image().layers.map((layer, at) => (at === 1 ? { members } : layer))
    return faults({ ...image(), layers, architecture })
  }

  test("that is not the image's is a find, whatever the size of the program", async () => {
    for (const size of [20, 200_000]) {
      const what = "/usr/local/bin/envseal is for arm64, and the image for amd64"
      expect(await told("amd64", elf(183, size))).toEqual([["program", what, "config.Entrypoint"]])
    }
    expect(await told("arm64", elf(62))).toEqual([
      ["program", "/usr/local/bin/envseal is for amd64, and the image for arm64", "config.Entrypoint"],
    ])
  })

  test.each<[string, string | null, Uint8Array]>([
    ["that is the image's", "arm64", elf(183)],
    ["in an image that says of none", null, elf(183)],
    ["that is not known", "amd64", elf(40)],
    ["in the other order of bytes is not known", "amd64", elf(183).fill(2, 5, 6)],
    [
      "is not told by a script, which Node runs",
      "amd64",
      Buffer.from("#!/usr/bin/env node\nimport './index.js'\n"),
    ],
    ["is not told by a program that is cut short", "amd64", elf(183).subarray(0, 19)],
  ])("%s is no find", async (_, architecture, content) => {
    expect(await told(architecture, content)).toEqual([])
  })

  test("is the image's where one of several programs is for it", async () => {
    const other = { path: "opt/envseal", content: elf(62), mode: 0o755 }
    expect(await told("amd64", elf(183), [other])).toEqual([])
  })
})

test("a script that a later layer has replaced is the later one", async () => {
  const start = (content: string): TarEntry => ({ path: "start.sh", content, mode: 0o755 })
  const made = image({ run: { ...run, Entrypoint: ["/start.sh"] } }, [
    { path: "app/.env.sealed", content: sealed },
    start("#!/bin/sh\nexec envseal open -- php-fpm\n"),
  ])
  expect(await faults(made)).toEqual([])
  const layers = [...made.layers, { members: [start("exec php-fpm\n")] }]
  expect((await faults({ ...made, layers })).map(([proof]) => proof)).toEqual(["entry"])
})

describe("the sealed file", () => {
  test("is that which open is told to open", async () => {
    const made = { ...run, Entrypoint: ["envseal", "open", "--in", "/etc/shop.sealed", "--", "boot"] }
    expect(await faults(image({ run: made }, [{ path: "etc/shop.sealed", content: sealed }]))).toEqual([])
    expect(await faults(image({ run: made }))).toEqual([
      ["sealed", "it has no /etc/shop.sealed, which open would open; there is one at /app/.env.sealed", null],
    ])
  })

  test("is beside the app, also where its folder is a link", async () => {
    const members: TarEntry[] = [
      { path: "app/.env.sealed", content: sealed },
      { path: "var/www/html", type: "2", link: "../../app" },
    ]
    expect(await faults(image({ run: { ...run, WorkingDir: "/var/www/html" } }, members))).toEqual([])
  })

  test("is that which open is told to open, also after the environment", async () => {
    const Entrypoint = ["envseal", "open", "production", "--in", "/etc/shop.sealed", "--", "boot"]
    expect(await faults(image({ run: { ...run, Entrypoint } }))).toEqual([
      ["sealed", expect.stringContaining("it has no /etc/shop.sealed"), null],
    ])
  })

  test("that a later layer deletes, or a folder that it replaces, is missing", async () => {
    const base = image().layers
    for (const gone of ["app/.wh..env.sealed", "app/.wh..wh..opq", ".wh.app"]) {
      const told = await faults({ ...image(), layers: [...base, { members: [{ path: gone }] }] })
      expect(told).toEqual([["sealed", "it has no /app/.env.sealed, which open would open", null]])
    }
  })

  test("is missing with all else where a later layer takes the top folder away", async () => {
    const layers = [...image().layers, { members: [{ path: ".wh..wh..opq" }] }]
    expect((await faults({ ...image(), layers })).map(([proof]) => proof)).toEqual(["program", "sealed"])
  })

  test("of another environment is a find, and so is that of another layer below", async () => {
    const other = [{ path: "app/.env.sealed", content: staging }]
    const what =
      "/app/.env.sealed is not for here: it says environment=staging, and environment=production is expected"
    expect(await faults(image({}, other))).toEqual([["context", what, null]])
    const layers = [...image({}, other).layers, { members: [{ path: "app/.env.sealed", content: sealed }] }]
    expect(await faults({ ...image(), layers })).toEqual([])
  })

  test("for none of the recipients is a find", async () => {
    const key = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-0000-4000-8000-000000000000"
    const told = await faults(image(), { ...settings, recipients: [`aws-kms:${key}`], kmsKeys: [key] })
    expect(told).toEqual([
      ["recipient", "/app/.env.sealed is sealed for none of the recipients of production", null],
    ])
  })

  test.each(["", "APP_KEY=x\n", "-----BEGIN AGE ENCRYPTED FILE-----\nx\n", "age-encryption.org/v1\n-> x"])(
    "that holds %j is none",
    async (content) => {
      expect((await faults(image({}, [{ path: "app/.env.sealed", content }])))[0]?.[0]).toBe("sealed")
    },
  )
})

describe("the user", () => {
  const open = ["envseal", "open"]
  const direct = [...open, "--", "php-fpm"]

  test.each<[string, object, string]>([
    [
      "root, for php-fpm, without --owner",
      { User: "", Entrypoint: direct },
      "another user, who cannot read the file: --owner",
    ],
    ["one that is not there", { User: "app" }, "it has no user app, whom it runs as"],
    [
      "one who cannot give it away",
      { User: "10001", Entrypoint: ["envseal", "open", "--owner", "www-data", "--", "boot"] },
      "open runs as 10001, and cannot give the file to www-data",
    ],
    [
      "root, and --owner is nobody",
      { User: "root", Entrypoint: ["envseal", "open", "--owner", "nginx", "--", "boot"] },
      "it has no user nginx of --owner",
    ],
  ])("that is %s is a find", async (_, part, what) => {
    const told = await faults(image({ run: { ...run, ...part } }))
    expect(told).toEqual([["user", expect.stringContaining(what), "config.User"]])
  })

  test("that cannot read the sealed file is a find", async () => {
    const members = [{ path: "app/.env.sealed", content: sealed, mode: 0o600 }]
    expect(await faults(image({}, members))).toEqual([
      ["user", "open runs as 10001, who cannot read /app/.env.sealed", "config.User"],
    ])
    expect(await faults(image({}, [{ ...members[0], path: "app/.env.sealed", uid: 10001 }]))).toEqual([])
  })

  test.each<[string, object]>([
    [
      "root, with a file for everybody",
      { User: "", Entrypoint: [...open, "--mode", "0444", "--", "php-fpm"] },
    ],
    ["root, with no file", { User: "", Entrypoint: [...open, "--env", "--", "php-fpm"] }],
    [
      "root, with --owner after the environment",
      { User: "", Entrypoint: [...open, "production", "--owner", "www-data", "--", "php-fpm"] },
    ],
    [
      "root, with standard output for a file",
      { User: "root", Entrypoint: [...open, "-o", "-", "--", "php-fpm"] },
    ],
    ["the owner by number", { User: "www-data", Entrypoint: [...open, "--owner", "33", "--", "php-fpm"] }],
    [
      "a number, and the owner by name",
      { User: "33", Entrypoint: [...open, "--owner", "www-data", "--", "boot"] },
    ],
    [
      "root, with --owner",
      { User: "root", Entrypoint: ["envseal", "open", "--owner", "www-data:www-data", "--", "php-fpm"] },
    ],
    ["www-data", { User: "www-data", Entrypoint: direct }],
    [
      "the owner itself",
      { User: "www-data", Entrypoint: ["envseal", "open", "--owner", "www-data", "--", "php-fpm"] },
    ],
    [
      "root, before gosu",
      {
        User: "",
        Entrypoint: ["envseal", "open", "--owner", "www-data", "--", "gosu", "www-data", "php-fpm"],
      },
    ],
  ])("that is %s is not", async (_, part) => {
    expect(await faults(image({ run: { ...run, ...part } }))).toEqual([])
  })
})

describe("a secret's name", () => {
  test("in a variable, a label or an argument of the build is a find, and no value is told", async () => {
    const made = image({
      env: ["PATH=/bin", "API_TOKEN=s3cr3t-v4lue", "GPG_KEYS=ABCD", "DB_PASSWORD=", "VITE_APP_KEY=x"],
      labels: { "com.example.token": "s3cr3t-v4lue", maintainer: "x" },
      steps: [
        "ARG MAIL_PASSWORD=s3cr3t-v4lue",
        "ARG REDIS_PASSWORD",
        "RUN |2 NPM_TOKEN=s3cr3t-v4lue PHP=8.4 /bin/sh -c npm ci # buildkit",
        "/bin/sh -c #(nop)  ARG STRIPE_SECRET=s3cr3t-v4lue",
      ],
    })
    const told = await faults(made)
    expect(told).toEqual([
      ["variable", "the variable API_TOKEN has a value", "config.Env[1]"],
      ["label", "the label com.example.token has a value", "config.Labels.com.example.token"],
      ["argument", "the argument MAIL_PASSWORD of the build has a value", "history[1].created_by"],
      ["argument", "the argument NPM_TOKEN of the build has a value", "history[3].created_by"],
      ["argument", "the argument STRIPE_SECRET of the build has a value", "history[4].created_by"],
    ])
    expect(JSON.stringify(told)).not.toContain("s3cr3t")
  })
})

describe("a .env by what it holds", () => {
  test.each([
    ["app/docker/prod.env", "APP_NAME=Shop\n# it\nexport API_TOKEN='abc'\n", 1],
    ["app/env.production", "API_TOKEN=abc\n", 1],
    ["app/.env-production", "API_TOKEN=abc\n", 1],
    [
      "app/prod.env",
      'API_TOKEN=abc\nPASSPORT_PRIVATE_KEY="-----BEGIN KEY-----\nMIIJKg\n-----END KEY-----"\n',
      1,
    ],
    ["app/prod.env", "APP_NAME=Shop\nAPI_TOKEN=\n", 0],
    ["app/prod.env", "API_TOKEN=abc\nthis is prose\n", 0],
    ["app/prod.env.example", "API_TOKEN=abc\n", 0],
    ["app/config.txt", "API_TOKEN=abc\n", 0],
  ])("%s of %j", async (path, content, finds) => {
    const { findings } = await proven(
      image({}, [
        { path: "app/.env.sealed", content: sealed },
        { path, content },
      ]),
    )
    expect(findings.map(({ found }) => found.type)).toEqual(Array.from({ length: finds }, () => "exposure"))
  })
})

describe("the version of the secret", () => {
  const arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/production-AbCdEf"
  const ids = ["1b2c3d4e-0000-4000-8000-000000000001", "1b2c3d4e-0000-4000-8000-000000000002"]
  const storeOf = (versionId = ""): SecretStore => ({
    read: async () => ({ arn, versionId, bytes: Buffer.from(JSON.stringify(secret)) }),
    currentVersion: async () => ({ arn, versionId }),
  })
  const from = [parseSource("aws-sm:shop/production", "--from")]
  const assembled = { from, require: null, setEnv: [], nested: "json" } as const

  async function told(content: Uint8Array, versionId: string) {
    const made = image({}, [{ path: "app/.env.sealed", content }])
    const request = { target: "image.tar", secret: assembled, ignore: [], minLength: 8, opens: settings }
    const ports = fakePorts({ secretStore: storeOf(versionId) })
    const { findings } = await scan(request, ports, fakeTargets(tar(savedMembers(made))))
    return findings.map(({ found }) =>
      found.type === "start" ? `${found.proof}: ${found.what}` : found.type,
    )
  }

  test("is that which was sealed, or a find", async () => {
    const { bytes } = await sealSources(
      { ...assembled, recipients: [aliceKey.recipient], context, armored: true, pins: noPins, build: {} },
      fakePorts({ secretStore: storeOf(ids[0]) }),
    )
    expect(await told(bytes, ids[0] ?? "")).toEqual([])
    expect(await told(bytes, ids[1] ?? "")).toEqual([
      `version: it was sealed from version ${ids[0]} of the secret, and ${ids[1]} was looked for`,
    ])
    expect(await told(sealed, ids[0] ?? "")).toEqual([`version: it was not sealed from ${arn}`])
  })
})

test("an attestation of BuildKit beside the image starts nothing, and is no find", async () => {
  const describe = (text: string, mediaType: string) => ({
    ...{ mediaType, digest: `sha256:${sha256(text)}`, size: text.length },
  })
  const statement = JSON.stringify({ _type: "https://in-toto.io/Statement/v0.1", subject: [], predicate: {} })
  const config = JSON.stringify({
    ...{ architecture: "unknown", os: "unknown", config: {} },
    rootfs: { type: "layers", diff_ids: [`sha256:${sha256(statement)}`] },
  })
  const manifest = JSON.stringify({
    schemaVersion: 2,
    config: describe(config, "application/vnd.oci.image.config.v1+json"),
    layers: [describe(statement, "application/vnd.in-toto+json")],
  })
  const attested = (pack: typeof savedMembers) => (made: FakeImage) => [
    ...pack(made),
    ...[statement, config, manifest].map((text) => ({ path: `blobs/sha256/${sha256(text)}`, content: text })),
  ]
  expect((await proven(image(), attested(savedMembers))).findings).toEqual([])
  expect((await proven(image(), attested(ociMembers))).findings).toEqual([])
})

test("of a tar that is no image, the start cannot be proven", async () => {
  const plain = () => [{ path: "app/a", content: "x" }]
  expect(await failureOf(() => proven(image(), plain))).toMatchObject({ code: "IMAGE_MALFORMED" })
  expect((await proven(image(), plain, null)).findings).toEqual([])
})

test("of an image that is not asked, nothing of its start is told", async () => {
  const made = image({ run: { Entrypoint: ["php-fpm"] }, env: ["API_TOKEN=abc"] })
  expect((await proven(made, savedMembers, null)).findings).toEqual([])
})
