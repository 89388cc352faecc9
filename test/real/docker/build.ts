import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, test } from "vitest"
import { account } from "../../fake/aws/world.ts"
import { key, secretArn } from "../../script/aws/world.ts"
import { withSavedImage } from "./image.ts"
import { LeakSearch } from "./leaks.ts"
import { type App, type Built, commit, type Shop, secretVersion } from "./shop.ts"

/** What a build by buildspec.yaml does, and what it leaves. */
export function buildTests(app: App, shop: () => Shop, build: () => Built): void {
  const search = new LeakSearch(app.marks)
  const names = Object.keys(app.secret).length

  describe("the build", () => {
    test("reads the secret, seals it for the environment's key, and pushes the image", async () => {
      const { status, phases, exported } = build()
      expect(status, build().log).toBe("SUCCEEDED")
      expect(Object.keys(phases)).toEqual(["install", "pre_build", "build", "post_build"])
      expect(exported).toEqual({
        ENVSEAL_IMAGE: expect.stringMatching(
          new RegExp(`^${shop().registry.host}/shop@sha256:[0-9a-f]{64}$`),
        ),
        ENVSEAL_SECRET_VERSION: secretVersion,
        ENVSEAL_SEALED_AT: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/),
        ENVSEAL_COMMIT: commit,
      })
    })

    test("asks AWS for what it needs and no more, as the build's role", async () => {
      const requests = await shop().aws.requests()
      const calls = requests.filter(({ service }) => service !== "agent")
      const sealing = calls.filter(({ service }) => service !== "secretsmanager")
      expect(sealing).toMatchObject([
        { operation: "GetAuthorizationToken", outcome: "ok" },
        {
          operation: "Encrypt",
          outcome: "ok",
          encryptionContext: { app: "shop", environment: "production" },
        },
      ])
      // Once to seal, and once to know what to look for in the image.
      const reading = calls.filter(({ service }) => service === "secretsmanager")
      expect(reading.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual(
        Array(2).fill("GetSecretValue ok"),
      )
      expect(new Set(calls.map(({ principal }) => principal))).toEqual(
        new Set([`arn:aws:iam::${account}:role/build`]),
      )
    })

    test("pushes just the image whose digest it exports", async () => {
      const { registry } = shop()
      const [, digest] = (build().exported["ENVSEAL_IMAGE"] ?? "").split("@")
      const types =
        "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json"
      const answer = await registry.get(`/v2/shop/manifests/${digest}`, types)
      expect(answer.status).toBe(200)
      expect(answer.headers.get("docker-content-digest")).toBe(digest)
      const { tags } = (await (await registry.get("/v2/shop/tags/list", "*/*")).json()) as { tags: string[] }
      expect(tags).toEqual([`build-${build().id.split(":")[1]}`])
    })

    test("leaves no value in its log, in the variables of any command, or on its disk", () => {
      const { log, steps, leaksOnDisk } = build()
      expect(search.in("log", log)).toEqual([])
      expect(steps.length).toBeGreaterThanOrEqual(5)
      for (const { command, before, after } of steps) {
        expect(search.in(`variables of ${command}`, JSON.stringify([before, after]))).toEqual([])
        for (const text of Object.values({ ...before, ...after }))
          expect(search.in(command, text)).toEqual([])
      }
      expect(leaksOnDisk).toEqual([])
      expect(log).toContain(`sealed ${names} names for 1 recipient into .env.sealed`)
    })
  })

  const image = () => build().exported["ENVSEAL_IMAGE"] ?? ""

  describe("the image", () => {
    test("has no value in any layer, its configuration or its history, in any encoding", async () => {
      const { engine, baseImage } = shop()
      const base: string[] = JSON.parse(
        await engine.docker("image", "inspect", "--format", "{{json .RootFS.Layers}}", baseImage),
      )
      await withSavedImage(engine, image(), ({ config, layers }) => {
        expect(search.in("configuration", config)).toEqual([])
        expect(search.in("history", JSON.stringify(JSON.parse(config).history))).toEqual([])
        // The base image is the same to the byte as before the secret was read.
        expect(layers.slice(0, base.length).map(({ diffId }) => diffId)).toEqual(base)
        const own = layers.slice(base.length)
        expect(own.flatMap((layer) => search.in(layer.diffId, layer.bytes()))).toEqual([])
        expect(own.flatMap(({ paths }) => paths)).not.toContain("var/www/html/bootstrap/cache/config.php")
      })
    })

    test("has the sealed file in its last layer, alone, and the binary in its first one", async () => {
      const { engine } = shop()
      await withSavedImage(engine, image(), ({ layers }) => {
        const files = layers.map(({ paths }) => paths.filter((path) => !path.endsWith("/")))
        expect(files.at(-1)).toEqual(["var/www/html/.env.sealed"])
        expect(files.filter((paths) => paths.includes("var/www/html/.env.sealed"))).toHaveLength(1)
        const binary = files.findIndex((paths) => paths.includes("usr/local/bin/envseal"))
        expect(files[binary]).toEqual(["usr/local/bin/envseal"])
        const app = files.findIndex((paths) => paths.includes("var/www/html/artisan"))
        expect(binary).toBeLessThan(app)
      })
    })

    test("tells who looks at the sealed file what it is for, and nothing else", async () => {
      const { engine } = shop()
      const shown = await engine.docker(
        ...["run", "--rm", "--network", "none", "--entrypoint", "envseal", image(), "inspect", "--json"],
      )
      expect(JSON.parse(shown)).toMatchObject({
        context: { app: "shop", environment: "production" },
        recipients: [`aws-kms:${key}`],
        provenance: {
          names,
          commit,
          buildId: build().id,
          sources: [{ type: "aws-sm", arn: secretArn, versionId: secretVersion }],
        },
      })
      expect(search.in("inspect", shown)).toEqual([])
    })
  })
}

/** What other builds of the same app do, and the wrong ones. */
export function rebuildTests(app: App, shop: () => Shop, build: () => Built): void {
  const search = new LeakSearch(app.marks)

  describe("a build", () => {
    test("that is repeated gives another last layer, and no other new one where layers are cached", async () => {
      const { engine } = shop()
      const again = await shop().build()
      expect(again.status, again.log).toBe("SUCCEEDED")
      const layersOf = async (name = ""): Promise<string[]> =>
        JSON.parse(await engine.docker("image", "inspect", "--format", "{{json .RootFS.Layers}}", name))
      const first = build().exported["ENVSEAL_IMAGE"]
      const [one, other] = [await layersOf(first), await layersOf(again.exported["ENVSEAL_IMAGE"])]
      expect(other.slice(0, -1)).toEqual(one.slice(0, -1))
      expect(other.at(-1)).not.toBe(one.at(-1))
    })

    const failures: readonly [
      string,
      {
        variables?: Record<string, string>
        prepare?: (source: string) => void
        failed: string
        says: string
      },
    ][] = [
      [
        "of an environment that is not there",
        {
          variables: { ENVSEAL_ENVIRONMENT: "prod; true" },
          failed: "install",
          says: "unknown environment prod; true",
        },
      ],
      [
        "for another environment than its role's",
        {
          variables: { ENVSEAL_ENVIRONMENT: "staging" },
          failed: "pre_build",
          says: "[ACCESS_DENIED]",
        },
      ],
      [
        "with a binary that no digest pins",
        { variables: { ENVSEAL_BINARY: "envseal:latest" }, failed: "install", says: "names no digest" },
      ],
      [
        "whose binary is not what its digest says",
        {
          variables: { ENVSEAL_BINARY: `127.0.0.1:1/envseal@sha256:${"0".repeat(64)}` },
          failed: "install",
          says: "exit status",
        },
      ],
      [
        "of a secret that lacks a name",
        {
          prepare: (source) => writeFileSync(join(source, ".env.example"), "APP_KEY=\nSTRIPE_KEY=\n"),
          failed: "pre_build",
          says: "STRIPE_KEY is required",
        },
      ],
      [
        "whose Dockerfile fails",
        {
          prepare: (source) => rmSync(join(source, "boot.sh")),
          failed: "build",
          says: "nothing is pushed, because the build failed",
        },
      ],
    ]

    test.each(failures)("%s fails, and pushes nothing", async (_, { variables, prepare, failed, says }) => {
      const { registry } = shop()
      const tags = async () => (await registry.get("/v2/shop/tags/list", "*/*")).text()
      const before = await tags()
      const { status, phases, log, exported, leaksOnDisk } = await shop().build(variables, prepare)
      expect(status).toBe("FAILED")
      expect(Object.entries(phases).find(([, state]) => state === "FAILED")?.[0]).toBe(failed)
      expect(log).toContain(says)
      expect(exported).not.toHaveProperty("ENVSEAL_IMAGE")
      expect(await tags()).toBe(before)
      expect([...search.in("log", log), ...leaksOnDisk]).toEqual([])
    })

    test("keeps out of the image what is no part of the app", async () => {
      const { engine } = shop()
      const plain = "PLANTED=a-plain-value-that-must-not-come-along\n"
      const planted = [
        ...[".env", ".env.local", "config/.env", "notes.txt", "bootstrap/cache/config.php"],
        "database/database.sqlite",
      ]
      const { exported, status, log } = await shop().build({}, (source) => {
        for (const path of [".git", "node_modules", "bootstrap/cache", "app/node_modules"]) {
          mkdirSync(join(source, path), { recursive: true })
          writeFileSync(join(source, path, "config.php"), plain)
        }
        for (const path of planted) {
          mkdirSync(dirname(join(source, path)), { recursive: true })
          writeFileSync(join(source, path), plain)
        }
      })
      expect(status, log).toBe("SUCCEEDED")
      await withSavedImage(engine, exported["ENVSEAL_IMAGE"] ?? "", ({ layers }) => {
        for (const layer of layers.slice(1)) expect(layer.bytes().includes(plain.trim())).toBe(false)
      })
    })
  })
}
