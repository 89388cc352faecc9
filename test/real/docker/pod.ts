import { type ChildProcess, spawn } from "node:child_process"
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { environmentFor, FakeAws } from "../../fake/aws/client.ts"
import { ProcessLink } from "../../fake/aws/process-link.ts"
import { context, key } from "../../script/aws/world.ts"
import type { Answer } from "./fastcgi.ts"
import { root } from "./folders.ts"
import { output, until } from "./process.ts"
import type { Shop } from "./shop.ts"

const awsPort = 4566
const graceSeconds = 120
const agent = "169.254.170.23"
const node = join(root, "node_modules/node/bin/node")

/** The user that docker/Dockerfile names. */
export const user = 10_001

/** How a container differs from what docker/kubernetes has. */
export interface ContainerOptions {
  readonly image?: string
  readonly command?: readonly string[]
  /** Replaces `envseal open --require-tmpfs -- boot`. */
  readonly entrypoint?: readonly string[]
  /** The pod's role, by EKS Pod Identity; `null` for none. */
  readonly role?: string | null
  /** Variables beside the usual ones; `null` takes one away. */
  readonly env?: Readonly<Record<string, string | null>>
  /** How the memory for the .env is mounted: options of a tmpfs, a folder of this machine, or not at all. */
  readonly memory?: { readonly tmpfs: string } | { readonly folder: string } | null
  readonly workdir?: string
  readonly stopSignal?: string
}

/** What a web server answered. */
export type WebAnswer = Pick<Answer, "status" | "headers" | "body">

/** A container that has ended. */
export interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
  /** What Kubernetes would show as the reason. */
  readonly terminationMessage: string
  /** Whether the app was started: it would have left a file. */
  readonly started: boolean
}

/**
 * One pod after the other on a network of their own, in which an AWS account and the agent of EKS Pod Identity are
 * all there is.
 */
export class Node {
  readonly aws: FakeAws
  readonly #shop: Shop
  readonly #image: string
  readonly #name: string
  readonly #relay: ChildProcess
  readonly #folder = mkdtempSync(join(tmpdir(), "envseal-pod-"))

  private constructor(shop: Shop, image: string, name: string, aws: FakeAws, relay: ChildProcess) {
    this.#shop = shop
    this.#image = image
    this.#name = name
    this.aws = aws
    this.#relay = relay
  }

  static async start(shop: Shop, image: string): Promise<Node> {
    const { engine, world, baseImage } = shop
    const name = `envseal-test-${crypto.randomUUID().slice(0, 8)}`
    const client = (args: readonly string[]) =>
      spawn(engine.client, args, { env: { ...process.env, ...engine.environment }, stdio: "pipe" })
    const fake = [node, join(root, "test/fake/aws/main.ts"), "--port", String(awsPort)]
    const place = ["--name", name, "--network", "none", "--volume", `${root}:${root}:ro`]
    const link = new ProcessLink(
      client(["run", "--interactive", "--rm", "--init", ...place, baseImage, ...fake]),
      "the fake AWS",
    )
    link.send(world)
    const aws = new FakeAws(link, await link.url, world.roles)
    // Where the agent is on a real node. Nobody but root of this machine can add an address to the network.
    const pid = await engine.docker("inspect", "--format", "{{.State.Pid}}", name)
    await output("nsenter", ["--target", pid, "--net", "ip", "address", "add", `${agent}/32`, "dev", "lo"])
    const relay = client([
      "exec",
      name,
      node,
      join(root, "test/real/docker/relay.ts"),
      agent,
      "80",
      `${awsPort}`,
    ])
    await new Promise((resolve, reject) => {
      relay.stdout?.once("data", resolve)
      relay.once("exit", () => reject(new Error("the agent's address could not be listened at")))
    })
    return new Node(shop, image, name, aws, relay)
  }

  async stop(): Promise<void> {
    const { engine } = this.#shop
    const left = await engine.docker("ps", "--all", "--quiet", "--filter", `label=${this.#name}`)
    if (left !== "") await engine.try(["rm", "--force", "--volumes", ...left.split("\n")])
    this.#relay.kill()
    await this.aws.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Starts a container as docker/kubernetes does: no capability, nothing to write to but memory. */
  async run(options: ContainerOptions = {}): Promise<Container> {
    const folder = mkdtempSync(join(this.#folder, "container-"))
    chmodSync(folder, 0o755)
    const [log, marker] = [join(folder, "termination-log"), join(folder, "marker")]
    writeFileSync(log, "")
    chmodSync(log, 0o666)
    mkdirSync(marker)
    chmodSync(marker, 0o777)
    const [entrypoint, ...rest] = options.entrypoint ?? []
    const args = [
      ...["run", "--detach", "--label", this.#name, "--network", `container:${this.#name}`],
      ...[
        "--read-only",
        "--cap-drop",
        "ALL",
        "--security-opt",
        "no-new-privileges",
        "--user",
        `${user}:${user}`,
      ],
      ...memoryArgs(options.memory === undefined ? { tmpfs: "mode=0700" } : options.memory),
      ...["--tmpfs", `/var/www/html/storage:mode=0700,uid=${user},gid=${user}`, "--tmpfs", "/tmp"],
      ...["--volume", `${log}:/dev/termination-log`, "--volume", `${marker}:/marker`],
      // Where EKS mounts the token is up to EKS.
      ...["--volume", `${folder}:${folder}:ro`],
      ...this.#environment(options, folder).flatMap((pair) => ["--env", pair]),
      ...(options.workdir === undefined ? [] : ["--workdir", options.workdir]),
      ...(options.stopSignal === undefined ? [] : ["--stop-signal", options.stopSignal]),
      ...(entrypoint === undefined ? [] : ["--entrypoint", entrypoint]),
      ...[options.image ?? this.#image, ...rest, ...(options.command ?? [])],
    ]
    const id = await this.#shop.engine.docker(...args)
    return new Container(this.#shop.engine, id, folder)
  }

  /** The answer of php-fpm to a request for a path. */
  async get(path: string, script = "/var/www/html/public/index.php"): Promise<Answer> {
    const client = [node, join(root, "test/real/docker/fastcgi.ts"), "9000", script, path]
    return JSON.parse(await this.#shop.engine.docker("exec", this.#name, ...client))
  }

  /** The answer of a web server in the pod. @param bytes how much is sent to it; none for a GET. */
  async request(path: string, bytes = 0): Promise<WebAnswer> {
    const code = `const bytes = Number(process.argv[2])
      const init = bytes === 0 ? {} : { method: "POST", body: new Uint8Array(bytes) }
      const answer = await fetch("http://127.0.0.1:8080" + process.argv[1], { ...init, redirect: "manual" })
      console.log(JSON.stringify({
        status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text(),
      }))`
    const args = ["--input-type=module", "-e", code, path, String(bytes)]
    return JSON.parse(await this.#shop.engine.docker("exec", this.#name, node, ...args))
  }

  /** Waits until php-fpm answers. */
  async answering(container: Container): Promise<void> {
    await until("php-fpm to answer", async () => {
      if (!(await container.running())) throw new Error(`it ended: ${(await container.ended()).stderr}`)
      return this.get("/health").then(
        ({ status }) => status === 200,
        () => false,
      )
    })
  }

  #environment({ role = "pod", env = {} }: ContainerOptions, folder: string): string[] {
    const usual: Record<string, string | null> = {
      ENVSEAL_EXPECT: context,
      ENVSEAL_KMS_KEY: key,
      ...(role === null ? {} : this.#identity(role, folder)),
      ...env,
    }
    return Object.entries(usual).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]))
  }

  /** What EKS puts into a pod, and where the AWS of this network is. */
  #identity(role: string, folder: string): Record<string, string> {
    const { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: token = "", ...rest } = environmentFor(this.aws, {
      ...{ via: "pod-identity", role, folder },
    })
    chmodSync(token, 0o644)
    return {
      AWS_REGION: rest["AWS_REGION"] ?? "",
      AWS_ENDPOINT_URL: this.aws.url,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${agent}/v1/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: token,
    }
  }
}

function memoryArgs(memory: ContainerOptions["memory"]): string[] {
  if (memory == null) return []
  if ("folder" in memory) return ["--volume", `${memory.folder}:/run/envseal`]
  return ["--tmpfs", `/run/envseal:size=16m,uid=${user},gid=${user},${memory.tmpfs}`]
}

/** A container of the app. */
export class Container {
  readonly id: string
  readonly #engine: Shop["engine"]
  readonly #folder: string

  constructor(engine: Shop["engine"], id: string, folder: string) {
    this.#engine = engine
    this.id = id
    this.#folder = folder
  }

  async running(): Promise<boolean> {
    return (await this.#inspect("{{.State.Running}}")) === "true"
  }

  /** Its first process, as this machine numbers it. */
  async pid(): Promise<number> {
    return Number(await this.#inspect("{{.State.Pid}}"))
  }

  /** Runs a program in it, as its user. @returns its standard output. */
  exec(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const variables = Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`])
    return this.#engine.docker("exec", ...variables, this.id, ...args)
  }

  /** Asks it to end, as Kubernetes does. It ends with 137 when it has to be killed. */
  async stop(): Promise<void> {
    await this.#engine.docker("stop", "--time", `${graceSeconds}`, this.id)
  }

  /** Waits for its end, and removes it. */
  async ended(): Promise<Ended> {
    await until("the container to end", async () => !(await this.running()))
    const status = Number(await this.#inspect("{{.State.ExitCode}}"))
    const { stdout, stderr } = await this.#engine.try(["logs", this.id])
    await this.remove()
    return {
      status,
      stdout,
      stderr,
      terminationMessage: readFileSync(join(this.#folder, "termination-log"), "utf8"),
      started: readdirSync(join(this.#folder, "marker")).length > 0,
    }
  }

  async remove(): Promise<void> {
    await this.#engine.docker("rm", "--force", "--volumes", this.id)
  }

  #inspect(format: string): Promise<string> {
    return this.#engine.docker("inspect", "--format", format, this.id)
  }
}
