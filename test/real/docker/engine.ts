import { existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { cache } from "./folders.ts"
import { output, type Run, type RunOptions, run, type Server, serve, until } from "./process.ts"

const startLimitMs = 60_000

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

/**
 * The engine that answers already, or one that is started for as long as it is needed. Its images are kept in
 * .cache; no rule of a firewall is touched.
 *
 * @param hosts addresses by name, for an engine that is to find registries there: that is never one of others.
 */
export async function startEngine(hosts?: Readonly<Record<string, string>>): Promise<Engine> {
  const client = await findClient()
  const given = process.env["DOCKER_HOST"]
  const present = given === undefined ? {} : { DOCKER_HOST: given }
  if (hosts === undefined && (await answers(client, present)))
    return engineAt(client, present, async () => {})
  const bridge = "/sys/class/net/docker0"
  const hadBridge = existsSync(bridge)
  const folder = mkdtempSync(join(tmpdir(), "envseal-engine-"))
  const environment = { DOCKER_HOST: `unix://${folder}/docker.sock` }
  const daemon = startDaemon(folder, hosts)
  const stop = async () => {
    await daemon.stop()
    if (!hadBridge && existsSync(bridge)) await run("ip", ["link", "delete", "docker0"])
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await until("dockerd to answer", startLimitMs, () => {
      if (daemon.ended) throw new Error(`dockerd ended: see ${cache}/dockerd.log`)
      return answers(client, environment)
    })
  } catch (error) {
    await stop()
    throw error
  }
  return engineAt(client, environment, stop)
}

function engineAt(client: string, environment: Engine["environment"], stop: Engine["stop"]): Engine {
  const variables = { PATH: process.env["PATH"] ?? "", HOME: cache, DOCKER_BUILDKIT: "1", ...environment }
  return {
    client,
    environment,
    docker: (...args) => output(client, args, { env: variables, timeoutMs: 300_000 }),
    try: (args, options = {}) => run(client, args, { ...options, env: { ...variables, ...options.env } }),
    stop,
  }
}

function startDaemon(folder: string, hosts: Readonly<Record<string, string>> | undefined): Server {
  mkdirSync(cache, { recursive: true })
  const log = openSync(join(cache, "dockerd.log"), "w")
  const args = [
    ...["--host", `unix://${folder}/docker.sock`, "--pidfile", join(folder, "pid")],
    ...["--data-root", join(cache, "engine"), "--exec-root", join(folder, "exec")],
    ...["--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"],
  ]
  if (hosts === undefined) return serve("dockerd", args, log)
  const lines = Object.entries({ localhost: "127.0.0.1", ...hosts }).map(
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
