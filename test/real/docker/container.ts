import { readdirSync, readFileSync, readlinkSync } from "node:fs"
import { constants } from "node:os"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { roleArn } from "../../fake/aws/world.ts"
import { key } from "../../script/aws/world.ts"
import { fingerprints } from "./fingerprint.ts"
import { containerOf } from "./manifest.ts"
import { type Container, type Node, user } from "./pod.ts"
import { until } from "./process.ts"
import type { App } from "./shop.ts"

/** What runs in a container of the image, and what of envseal is left there: nothing. */
export function containerTests(app: App, node: () => Node): void {
  const shown = fingerprints(app.shown)

  describe("php-fpm in a container", () => {
    let container: Container
    beforeAll(async () => {
      await node().aws.clearRequests()
      container = await node().run()
      await node().answering(container)
    })
    afterAll(() => container.remove())

    test("answers with every value of the secret, byte for byte, from the cached configuration", async () => {
      const { status, body, stderr } = await node().get("/fingerprint")
      expect({ status, stderr }).toEqual({ status: 200, stderr: "" })
      expect(JSON.parse(body)).toEqual({
        laravel: expect.stringMatching(/^\d+\.\d+/),
        cached: true,
        config: shown,
      })
    })

    test("listens to its own pod alone, and its probe says when it does", async () => {
      const [startup, liveness] = [
        containerOf("web.yaml").startupProbe,
        containerOf("web.yaml").livenessProbe,
      ]
      for (const probe of [startup, liveness]) await container.exec(probe?.exec?.command ?? [])
      await expect(
        container.exec(["php", "-n", "-r", "exit((int) !@fsockopen('127.0.0.1', 9009));"]),
      ).rejects.toThrow()
      const pid = await container.pid()
      const sockets = ["tcp", "tcp6"].map((name) => readFileSync(`/proc/${pid}/net/${name}`, "utf8"))
      const listening = sockets.join("").matchAll(/^ *\d+: ([0-9A-F]+):2328 [0-9A-F]+:0000 0A /gm)
      expect([...listening].map(([, address]) => address)).toEqual(["0100007F"])
    })

    test("shows a page, whose template it compiled into memory", async () => {
      const { status, body } = await node().get("/")
      expect(status).toBe(200)
      expect(body).toContain("<h1>Käse &amp; Brot 🧀 &quot;Shop&quot; &lt;b&gt;&#039;s</h1>")
    })

    test("lets artisan beside it read the same from .env, by env() and config()", async () => {
      const artisan = ["php", "artisan", "config:fingerprint"]
      const uncached = JSON.parse(await container.exec(artisan, { APP_CONFIG_CACHE: "/tmp/none.php" }))
      expect(uncached).toMatchObject({
        cached: false,
        env: shown,
        config: shown,
      })
      const cached = JSON.parse(await container.exec(artisan))
      expect(cached).toMatchObject({ cached: true, config: shown })
    })

    test("started with one request to the agent and one to KMS, as the pod's role", async () => {
      expect(await node().aws.requests()).toMatchObject([
        { service: "agent", operation: "GetCredentials", outcome: "ok", principal: roleArn("pod") },
        {
          ...{ service: "kms", operation: "Decrypt", outcome: "ok", principal: roleArn("pod"), keyId: key },
          encryptionContext: { app: "shop", environment: "production" },
        },
      ])
    })

    test("is process 1, and nothing of envseal is left: no process, file or memory", async () => {
      const pid = await container.pid()
      expect(readFileSync(`/proc/${pid}/status`, "utf8")).toMatch(/^NSpid:\t\d+\t1$/m)
      expect(readlinkSync(`/proc/${pid}/exe`)).toMatch(/php-fpm/)
      const own = processesOf(pid)
      expect(own.length).toBeGreaterThan(1)
      for (const process of own) {
        expect(readFileSync(`/proc/${process}/cmdline`, "utf8")).not.toContain("envseal")
        expect(readlinkSync(`/proc/${process}/exe`)).not.toContain("envseal")
        expect(readFileSync(`/proc/${process}/maps`, "utf8")).not.toMatch(/envseal|\bbun\b/i)
        const descriptors = readdirSync(`/proc/${process}/fd`)
        const files = descriptors.map((name) => readlinkSync(`/proc/${process}/fd/${name}`))
        expect(files.filter((file) => /envseal|\/var\/www/.test(file))).toEqual([])
      }
    })

    test("hands the app no variable of envseal, no value, and default signals", async () => {
      const pid = await container.pid()
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0")
      expect(environment.filter((pair) => pair.startsWith("ENVSEAL_"))).toEqual([])
      expect(environment.filter((pair) => pair.split("=")[0]?.startsWith("DB_"))).toEqual([])
      expect(readFileSync(`/proc/${pid}/status`, "utf8")).toMatch(/^SigBlk:\t0+$/m)
    })

    test("has plaintext in memory alone, for its own user alone", async () => {
      expect(await container.exec(["stat", "-fc", "%T", "/run/envseal"])).toBe("tmpfs")
      const modes = await container.exec([
        "stat",
        "-c",
        "%n %a %u",
        "/run/envseal/.env",
        "/run/envseal/config.php",
      ])
      expect(modes).toBe(`/run/envseal/.env 400 ${user}\n/run/envseal/config.php 600 ${user}`)
      const find = "find / -xdev -newer /run/envseal/.env -type f 2>/dev/null || true"
      const written = await container.exec(["sh", "-c", find])
      expect(written).toBe("")
      const rights = readFileSync(`/proc/${await container.pid()}/status`, "utf8")
      expect(rights).toMatch(/^CapEff:\t0+$/m)
      expect(rights).toMatch(/^CapBnd:\t0+$/m)
      expect(rights).toMatch(/^NoNewPrivs:\t1$/m)
      expect(rights).toMatch(/^Seccomp:\t2$/m)
    })

    test("ends by itself when it is stopped, and answers first what it was asked", async () => {
      await container.exec([
        "sh",
        "-c",
        `echo '<?php touch("/tmp/at-work"); usleep(3_000_000); echo "done";' >/tmp/slow.php`,
      ])
      const answer = node().get("/slow", "/tmp/slow.php")
      await until("php-fpm to be at work", async () => {
        return (await container.exec(["ls", "/tmp"])).includes("at-work")
      })
      await container.stop()
      expect(await answer).toMatchObject({ status: 200, body: "done" })
      const { status, stderr, terminationMessage } = await container.ended()
      expect(status).toBe(0)
      expect(stderr).toContain("exiting, bye-bye!")
      expect(terminationMessage).toBe("")
      container = await node().run()
    })
  })
}

/** What runs in the place of php-fpm. */
export function commandTests(node: () => Node): void {
  describe("another command in a container", () => {
    test("takes the place of php-fpm as process 1, with its arguments and exit status", async () => {
      const show = 'echo "$$ $#: $1|$2"; readlink /proc/1/exe; exit 7'
      const container = await node().run({ command: ["sh", "-c", show, "sh", "two words", "$x"] })
      const { status, stdout } = await container.ended()
      expect(stdout).toMatch(/^1 2: two words\|\$x\n\/.*sh\n$/)
      expect(status).toBe(7)
    })

    test("finds descriptors and signals as it would without envseal", async () => {
      const look = ["/proc/self/status", "/proc/self/fd", "-maxdepth", "1", "-printf", "%f %l\\n"]
      const command = ["sh", "-c", 'grep -E "^(Sig|Shd)" "$1"; shift; exec find "$@"', "sh", ...look]
      const after = await (await node().run({ command })).ended()
      const without = await (await node().run({ command, entrypoint: ["boot"] })).ended()
      expect(after.stdout).toContain("SigIgn:\t0000000000000000")
      expect(after.stdout).toContain("SigBlk:\t0000000000000000")
      const stable = (text: string) => text.replace(/\[\d+\]|\/proc\/\d+/g, "")
      expect(stable(after.stdout)).toBe(stable(without.stdout))
    })

    test("can be a queue worker, which ends after its job by what its manifest does before it is stopped", async () => {
      const { args, lifecycle } = containerOf("worker.yaml")
      const container = await node().run({ command: args })
      // Before it waits for jobs, Symfony's console has a handler of its own for SIGTERM, which does not end it.
      await until("the worker to wait for jobs", async () => {
        const pid = await container.pid()
        const isPhp = /php/.test(readlinkSync(`/proc/${pid}/exe`))
        return isPhp && readFileSync(`/proc/${pid}/wchan`, "utf8").includes("nanosleep")
      })
      await container.exec(lifecycle?.preStop.exec.command ?? [])
      const { status } = await container.ended()
      expect(status).toBe(0)
    })

    test("can be a queue worker, whose startup probe fails while open waits and passes once it works", async () => {
      const { args, startupProbe } = containerOf("worker.yaml")
      const probe = startupProbe?.exec?.command ?? []
      const passes = (container: Container) =>
        container.exec(probe).then(
          () => true,
          () => false,
        )
      await node().aws.fail({ service: "kms", with: "hang" })
      await node().aws.clearRequests()
      const waiting = await node().run({ command: args })
      await until("open to wait for KMS", async () => (await node().aws.requests()).length >= 2)
      expect(await passes(waiting)).toBe(false)
      await node().aws.clearFailures()
      await waiting.remove()
      const working = await node().run({ command: args })
      await until("the probe to pass", () => passes(working))
      expect(readlinkSync(`/proc/${await working.pid()}/exe`)).toMatch(/php/)
      await working.remove()
    })

    test.each(["SIGTERM", "SIGQUIT", "SIGINT"])(
      "is not awaited when %s comes before it",
      async (stopSignal) => {
        await node().aws.fail({ service: "kms", with: "hang" })
        await node().aws.clearRequests()
        const container = await node().run({ stopSignal })
        await until("open to wait for KMS", async () => (await node().aws.requests()).length >= 2)
        await container.stop()
        await node().aws.clearFailures()
        const { status, stderr } = await container.ended()
        expect(status).toBe(128 + constants.signals[stopSignal as NodeJS.Signals])
        expect(stderr).toContain(`ended by ${stopSignal}`)
      },
    )

    test("can be a scheduled one, which ends with its work", async () => {
      const container = await node().run({ command: containerOf("schedule.yaml").args })
      const { status, stdout } = await container.ended()
      expect(status).toBe(0)
      expect(stdout).toContain("config:fingerprint")
    })
  })
}

/** A container's processes, as this machine numbers them: those of the same namespace. */
function processesOf(pid: number): string[] {
  const namespace = readlinkSync(`/proc/${pid}/ns/pid`)
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      return readlinkSync(`/proc/${name}/ns/pid`) === namespace
    } catch {
      return false
    }
  })
}
