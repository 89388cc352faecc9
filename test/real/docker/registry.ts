import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort } from "../../fake/free-port.ts"
import { hangMs } from "../hang.ts"
import { output, serve, until } from "./process.ts"

/** A registry of images on loopback, in ECR's place: nothing of it can be had without a login. */
export interface Registry {
  /** `127.0.0.1:PORT`, or where it was asked to be. */
  readonly host: string
  /** The answer to a request of the registry's API, by who may log in. */
  get(path: string, accept: string): Promise<Response>
  stop(): Promise<void>
}

/**
 * Starts Debian's registry, empty, for one user.
 *
 * @param at address and port; a free one of loopback when it is left out.
 */
export async function startRegistry(user: string, password: string, at?: string): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), "envseal-registry-"))
  writeFileSync(join(folder, "htpasswd"), await output("htpasswd", ["-niB", user], { input: password }))
  const host = at ?? `127.0.0.1:${await freePort()}`
  writeFileSync(join(folder, "config.yml"), configuration(folder, host))
  const server = serve("docker-registry", ["serve", join(folder, "config.yml")])
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`
  const get = (path: string, accept: string) =>
    fetch(`http://${host}${path}`, {
      headers: { authorization, accept },
      signal: AbortSignal.timeout(hangMs),
    })
  const stop = async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await until("the registry to answer", () => {
      if (server.ended) throw new Error("docker-registry ended")
      return get("/v2/", "*/*").then(
        ({ ok }) => ok,
        () => false,
      )
    })
  } catch (error) {
    await stop()
    throw error
  }
  return { host, get, stop }
}

function configuration(folder: string, host: string): string {
  return JSON.stringify({
    version: 0.1,
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, "images") } },
    http: { addr: host, secret: "of one run" },
    auth: { htpasswd: { realm: "ECR", path: join(folder, "htpasswd") } },
  })
}
