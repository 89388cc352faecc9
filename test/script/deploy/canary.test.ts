import { randomBytes } from "node:crypto"
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { connect, createServer, type Server } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { failurePlay, successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment, type Way } from "../../fake/kubernetes/client.ts"
import { identity, stranger } from "../harness.ts"
import { newImage, oldImage, type Stage, startStage } from "./stage.ts"

const canary = (name: string) => `${name}-${randomBytes(12).toString("hex")}`
const proxyPassword = canary("proxy")
const gitPassword = canary("git")
const pluginSecret = canary("plugin")
const variable = canary("variable")

/** A run of the deploy, and what it has to do with secrets. */
interface Scene {
  readonly way?: Way
  /** Who connects to the cluster: nobody, a proxy with a password, or one that refuses. */
  readonly proxy?: "tunnels" | "refuses"
  readonly plugin?: "works" | "fails"
  readonly git?: "works" | "fails"
  readonly prepare?: (stage: Stage) => Promise<void>
  readonly build?: "fails"
  /** Of the deploy; 0 when it succeeds. */
  readonly status: number
}

/** What a build or a container may write: what moves a cursor, and an identity. */
const escapes = `${stranger} \u001b]0;title\u0007\u001b[2J\u009b1A\rforged\n12:00:00 deployed\u202e`
const wrongVariable = {
  code: "InvalidInputException",
  message: `Value '${variable}' at 'environmentVariablesOverride' is wrong`,
  status: 400,
}

const scenes: readonly (readonly [string, Scene])[] = [
  ["a token", { status: 0 }],
  ["a token file", { way: "token-file", status: 0 }],
  [
    "a client certificate through a proxy with a password",
    { way: "certificate", proxy: "tunnels", status: 0 },
  ],
  ["a proxy with a password that refuses", { proxy: "refuses", status: 7 }],
  ["a plugin and git", { plugin: "works", git: "works", status: 0 }],
  ["a plugin that fails and tells what it has", { plugin: "fails", status: 5 }],
  ["git, which fails and tells its URL", { git: "fails", status: 2 }],
  [
    "a token that is refused",
    {
      prepare: ({ cluster }) => cluster.fail({ resource: "deployments", verb: "get", with: "unauthorized" }),
      status: 5,
    },
  ],
  [
    "a CodeBuild that repeats a variable",
    {
      prepare: ({ aws }) => aws.fail({ service: "codebuild", operation: "StartBuild", with: wrongVariable }),
      status: 8,
    },
  ],
  ["a build that fails with a log full of escapes", { build: "fails", status: 8 }],
  [
    "pods that crash with a log full of escapes",
    {
      prepare: ({ cluster }) =>
        cluster.play(newImage, { do: "crash-loop", message: escapes, log: [escapes] }),
      status: 8,
    },
  ],
]

describe.concurrent("envseal deploy with", () => {
  test.each(scenes)("%s shows no secret, writes none, and hands none on", async (_, scene) => {
    const play = scene.build === "fails" ? failurePlay("BUILD", escapes) : successPlay()
    await using stage = await startStage({ builds: [play], way: scene.way ?? "token" })
    await stage.cluster.deploy(deployment("web", { image: oldImage, replicas: 1 }))
    using world = new Surroundings(stage, scene)
    await world.prepare()
    const secrets = world.secrets()
    for (const json of [[], ["--json"]]) {
      const run = await world.deploy(...json)
      const told = run.stdout + run.stderr
      expect({ json, leaks: leaks(told, [...secrets, stranger]), told }).toEqual({ json, leaks: [], told })
      // Neither a cursor is moved, nor is a line of ours forged.
      expect(told).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      expect(told).not.toMatch(/^(?:forged|12:00:00 deployed)/m)
      expect(run.status).toBe(scene.status)
    }
    expect(world.leakingFiles(secrets)).toEqual([])
    expect(leaks(JSON.stringify(await world.objects()), secrets)).toEqual([])
    // The variables are the user's own, less what opens an envelope.
    expect(leaks(world.handedOn("variables"), [identity])).toEqual([])
    expect(leaks(world.handedOn("arguments") + world.passed, secrets)).toEqual([])
    if (scene.git !== undefined) expect(world.handedOn("arguments")).toContain("ls-remote")
    if (scene.proxy === "tunnels") expect(world.passed).not.toBe("")
  })
})

function leaks(text: string, secrets: readonly string[]): string[] {
  return secrets.filter((secret) => text.includes(secret))
}

/** As the fake writes it. */
interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: Record<string, string> }]
  readonly users: readonly [{ user: Readonly<Record<string, unknown>> }]
}

/** What a stage is surrounded by: a proxy, git, a plugin, and the secrets of all of them. */
class Surroundings implements Disposable {
  readonly #stage: Stage
  readonly #scene: Scene
  /** What is run in the place of git and of a plugin, and what these were run with. */
  readonly #folder = mkdtempSync(join(tmpdir(), "envseal-canary-"))
  readonly #known = new Set<string>()
  readonly #inputs: ReadonlySet<string>
  readonly #passed: string[] = []
  #proxy: Server | null = null

  constructor(stage: Stage, scene: Scene) {
    this.#stage = stage
    this.#scene = scene
    this.#inputs = new Set(["envseal.yaml", ...readdirSync(stage.box.folder)])
  }

  async prepare(): Promise<void> {
    const { box } = this.#stage
    this.#learnKubeconfig()
    const settings = readFileSync(box.path("envseal.yaml"), "utf8")
    const variables = `      variables: { CANARY: ${variable}, SHORT: eu-west-1 }\n`
    writeFileSync(
      box.path("envseal.yaml"),
      settings.replace("      project: shop\n", `      project: shop\n${variables}`),
    )
    mkdirSync(join(this.#folder, "bin"))
    this.#install("git", this.#scene.git === "works" ? gitThatWorks : gitThatFails)
    if (this.#scene.plugin !== undefined) await this.#usePlugin(this.#scene.plugin)
    if (this.#scene.proxy !== undefined) await this.#useProxy(this.#scene.proxy)
    await this.#scene.prepare?.(this.#stage)
  }

  secrets(): readonly string[] {
    const { AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_ACCESS_KEY_ID } = this.#stage.env
    const all = [
      ...[AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_ACCESS_KEY_ID],
      ...[identity, variable, proxyPassword, gitPassword, pluginSecret],
      ...this.#known,
    ]
    return all.flatMap((secret) =>
      secret ? [secret, Buffer.from(secret).toString("base64"), encodeURIComponent(secret)] : [],
    )
  }

  deploy(...more: readonly string[]) {
    const { box, env } = this.#stage
    const source = this.#scene.git === undefined ? [] : ["--source", "main"]
    return box.envseal(["deploy", "production", "--poll", "300ms", "--debug", ...source, ...more], {
      env: { ...env, PATH: this.#path, ENVSEAL_IDENTITY: identity },
    })
  }

  /** Files beside those that were there, which hold a secret. */
  leakingFiles(secrets: readonly string[]): string[] {
    const { box } = this.#stage
    return readdirSync(box.folder, { recursive: true, encoding: "utf8" }).filter(
      (path) =>
        !this.#inputs.has(path) &&
        lstatSync(box.path(path)).isFile() &&
        leaks(readFileSync(box.path(path), "latin1"), secrets).length > 0,
    )
  }

  /** Everything that a deploy writes in a cluster. */
  async objects(): Promise<readonly unknown[]> {
    const { cluster } = this.#stage
    return Promise.all(
      (["deployments", "replicasets", "pods", "leases"] as const).map((one) => cluster.list(one)),
    )
  }

  /** What git and the plugin were run with. */
  handedOn(what: "arguments" | "variables"): string {
    const seen = readdirSync(this.#folder).filter((name) => name.startsWith(what))
    return seen.map((name) => readFileSync(join(this.#folder, name), "utf8")).join("\n")
  }

  /** What the proxy saw go to the cluster. */
  get passed(): string {
    return this.#passed.join("")
  }

  [Symbol.dispose](): void {
    this.#proxy?.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  get #path(): string {
    return `${join(this.#folder, "bin")}:${process.env["PATH"]}`
  }

  #learnKubeconfig(): void {
    const [{ user }] = this.#kubeconfig().users
    const { token, tokenFile, "client-key-data": key } = user
    if (typeof token === "string") this.#known.add(token)
    if (typeof tokenFile === "string") this.#known.add(readFileSync(tokenFile, "utf8").trim())
    if (typeof key !== "string") return
    const lines = Buffer.from(key, "base64").toString().split("\n")
    for (const line of lines.filter((one) => /^[\w+/=]{16,}$/.test(one))) this.#known.add(line)
  }

  #kubeconfig(): Kubeconfig {
    return JSON.parse(readFileSync(this.#stage.env["KUBECONFIG"] ?? "", "utf8"))
  }

  #change(change: (config: Kubeconfig) => void): void {
    const config = this.#kubeconfig()
    change(config)
    writeFileSync(this.#stage.env["KUBECONFIG"] ?? "", JSON.stringify(config))
  }

  #install(name: string, script: string): void {
    const record = `printf '%s\\n' "$@" >> "${this.#folder}/arguments-${name}"; env >> "${this.#folder}/variables-${name}"`
    writeFileSync(join(this.#folder, "bin", name), `#!/bin/sh\n${record}\n${script}\n`, { mode: 0o755 })
  }

  async #usePlugin(how: "works" | "fails"): Promise<void> {
    const token = await this.#stage.cluster.token("deployer")
    this.#known.add(token)
    const answer = {
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token },
    }
    const says = `echo "with $CLIENT_SECRET by https://me:${proxyPassword}@proxy as Bearer ${token}" >&2`
    const end = how === "works" ? `cat <<'END'\n${JSON.stringify(answer)}\nEND` : "exit 1"
    this.#install("get-token", `${says}\n${end}`)
    const exec = {
      apiVersion: answer.apiVersion,
      command: join(this.#folder, "bin/get-token"),
      env: [{ name: "CLIENT_SECRET", value: pluginSecret }],
      interactiveMode: "Never",
    }
    this.#change((config) => {
      config.users[0].user = { exec }
    })
  }

  async #useProxy(how: "tunnels" | "refuses"): Promise<void> {
    const proxy = createServer((socket) => {
      socket.on("error", () => {})
      socket.once("data", (head) => {
        if (how === "refuses") return socket.end(`HTTP/1.1 407 ${proxyPassword}\r\ncontent-length: 0\r\n\r\n`)
        const [, host = "", port = ""] = /^CONNECT (\S+):(\d+) /.exec(head.toString()) ?? []
        const tunnel = connect(Number(port), host, () => socket.write("HTTP/1.1 200 OK\r\n\r\n"))
        tunnel.on("error", () => socket.destroy())
        socket.on("data", (chunk) => this.#passed.push(chunk.toString("latin1")))
        return socket.pipe(tunnel).pipe(socket)
      })
    })
    this.#proxy = proxy
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve))
    const address = proxy.address()
    const port = typeof address === "object" ? address?.port : 0
    this.#change((config) => {
      config.clusters[0].cluster["proxy-url"] = `http://me:${proxyPassword}@127.0.0.1:${port}`
    })
  }
}

const gitThatWorks = `printf '${"c".repeat(40)}\\trefs/heads/main'`
const gitThatFails = `echo "fatal: unable to access 'https://me:${gitPassword}@git.example.com/': no" >&2; exit 128`
