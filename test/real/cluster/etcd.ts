import { join } from "node:path"
import { freePort } from "../../fake/free-port.ts"
import { kubernetesBinary } from "./binaries.ts"
import { Program } from "./program.ts"

/** The store of the API server. */
export interface Etcd {
  readonly url: string
  readonly program: Program
}

/** Starts etcd with its data and log in the folder. */
export async function startEtcd(folder: string): Promise<Etcd> {
  const url = `http://127.0.0.1:${await freePort()}`
  const peer = `http://127.0.0.1:${await freePort()}`
  const program = Program.start({
    name: "etcd",
    command: kubernetesBinary("etcd"),
    args: [
      `--data-dir=${join(folder, "etcd")}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      // The data is thrown away.
      "--unsafe-no-fsync",
    ],
    log: join(folder, "etcd.log"),
  })
  await program.untilReady(() => isHealthy(url))
  return { url, program }
}

function isHealthy(url: string): Promise<boolean> {
  return fetch(`${url}/health`).then(
    async (response) => response.ok && (await response.text()).includes('"true"'),
    () => false,
  )
}
