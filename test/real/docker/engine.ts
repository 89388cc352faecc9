import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { hangMs } from "../hang.ts"
import { takeTurn } from "../turn.ts"
import { cache } from "./folders.ts"
import { output, type Run, type RunOptions, run, type Server, serve, until } from "./process.ts"

/** A Docker engine, and a client for it that can build with BuildKit. */
export interface Engine {
  /** Path of the client. */
  readonly client: string
  /** The variables that lead the client to the engine. */
  readonly environment: Readonly<Record<string, string>>
  docker(...args: readonly string[]): Promise<string>
  try(args: readonly string[], options?: RunOptions): Promise<Run>
  /** Ends the engine, when it was started here. */
  stop(): Promise<void>
}

/** An engine of one test's own: where it finds registries, and what its folder of images in .cache/docker is called. */
export interface OwnEngine {
  /** Addresses by name. */
  readonly hosts: Readonly<Record<string, string>>
  readonly images: string
}

/**
 * The engine that answers already, or one that is started for as long as it is needed, when no other test has it. Its
 * images are kept in .cache; no rule of a firewall is touched.
 */
export async function startEngine(own?: OwnEngine): Promise<Engine> {
  const client = await findClient()
  await using undo = new AsyncDisposableStack()
  if (own === undefined) {
    undo.use(await takeTurn("images"))
    const given = process.env["DOCKER_HOST"]
    const present = given === undefined ? {} : { DOCKER_HOST: given }
    if (await answers(client, present)) return engineAt(client, present, undo.move())
  }
  const folder = mkdtempSync(join(tmpdir(), "envseal-engine-"))
  undo.defer(() => rmSync(folder, { recursive: true, force: true }))
  const bridge = await makeBridge()
  undo.defer(async () => {
    await output("ip", ["link", "delete", bridge])
  })
  const environment = { DOCKER_HOST: `unix://${folder}/docker.sock` }
  const daemon = startDaemon(folder, bridge, own)
  undo.defer(() => daemon.stop())
  await until("dockerd to answer", () => {
    if (daemon.ended) throw new Error(`dockerd ended: see ${logOf(own)}`)
    return answers(client, environment)
  })
  return engineAt(client, environment, undo.move())
}

/** A link for the containers of one engine: engines that share one give an address twice. @returns its name. */
async function makeBridge(): Promise<string> {
  const [second, third] = crypto.getRandomValues(new Uint8Array(2))
  const name = `envsd${second}-${third}`
  await output("ip", ["link", "add", name, "type", "bridge"])
  await output("ip", ["address", "add", `10.${second}.${third}.1/24`, "dev", name])
  await output("ip", ["link", "set", name, "up"])
  return name
}

function engineAt(client: string, environment: Engine["environment"], kept: AsyncDisposableStack): Engine {
  const variables = { PATH: process.env["PATH"] ?? "", HOME: cache, DOCKER_BUILDKIT: "1", ...environment }
  return {
    client,
    environment,
    docker: (...args) => output(client, args, { env: variables, timeoutMs: hangMs }),
    try: (args, options = {}) => run(client, args, { ...options, env: { ...variables, ...options.env } }),
    stop: () => kept.disposeAsync(),
  }
}

function logOf(own: OwnEngine | undefined): string {
  return join(cache, own === undefined ? "dockerd.log" : `dockerd-${own.images}.log`)
}

function startDaemon(folder: string, bridge: string, own: OwnEngine | undefined): Server {
  mkdirSync(cache, { recursive: true })
  const log = openSync(logOf(own), "w")
  const args = [
    ...["--host", `unix://${folder}/docker.sock`, "--pidfile", join(folder, "pid")],
    ...["--data-root", join(cache, own?.images ?? "engine"), "--exec-root", join(folder, "exec")],
    ...["--bridge", bridge],
    ...["--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"],
  ]
  if (own === undefined) return serve("dockerd", args, log)
  const lines = Object.entries({ localhost: "127.0.0.1", ...own.hosts }).map(
    ([name, address]) => `${address} ${name}\n`,
  )
  writeFileSync(join(folder, "hosts"), lines.join(""))
  const script = 'mount --bind "$0" /etc/hosts && exec dockerd "$@"'
  return serve("unshare", ["--mount", "sh", "-euc", script, join(folder, "hosts"), ...args], log)
}

async function answers(client: string, environment: Engine["environment"]): Promise<boolean> {
  const env = { PATH: process.env["PATH"] ?? "", ...environment }
  const { status } = await run(client, ["version", "--format", "{{.Server.Version}}"], { env })
  return status === 0
}

/** Clients since 23 build by a plugin that Debian's older client has built in. */
async function findClient(): Promise<string> {
  for (const client of ["docker", "/usr/bin/docker"]) {
    const { status, stdout } = await run(client, ["--version"]).catch(() => ({ status: 1, stdout: "" }))
    const [, major] = /version (\d+)\./.exec(stdout) ?? []
    if (status !== 0 || major === undefined) continue
    if (Number(major) < 23 || (await run(client, ["buildx", "version"])).status === 0) {
      return client.startsWith("/") ? client : output("sh", ["-c", `command -v ${client}`])
    }
  }
  throw new Error("there is no Docker client that can build: install Debian's docker.io")
}
