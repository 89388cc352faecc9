import { readFile, writeFile } from "node:fs/promises"
import { get } from "node:https"
import { join } from "node:path"
import { freePort } from "../../fake/free-port.ts"
import type { AccountTokens } from "./account-tokens.ts"
import { kubernetesBinary } from "./binaries.ts"
import type { Authority } from "./certificates.ts"
import type { Etcd } from "./etcd.ts"
import { type Endpoint, writeWebhookConfig } from "./kubeconfig.ts"
import { Program } from "./program.ts"
import { auditPolicy } from "./request-log.ts"

const probeLimitMs = 2_000

/** Who answers the API server's question whose token it is (TokenReview of authentication.k8s.io/v1). */
export interface TokenWebhook {
  readonly url: string
  /** Path of the PEM file by which an `https` URL is trusted. */
  readonly ca?: string
}

/** What an API server needs to start. */
export interface ApiServerInit {
  readonly folder: string
  readonly authority: Authority
  readonly etcd: Etcd
  /** Lines of `--token-auth-file`. */
  readonly tokens: string
  readonly tokenWebhook: TokenWebhook | undefined
  readonly auditLog: string
  readonly accounts: AccountTokens
}

/** kube-apiserver on one port of the loopback interface, which can be stopped and started again. */
export class ApiServer implements Endpoint {
  readonly server: string
  readonly ca: string
  readonly #args: readonly string[]
  readonly #log: string
  #program: Program | undefined

  private constructor(port: number, ca: string, args: readonly string[], log: string) {
    this.server = `https://127.0.0.1:${port}`
    this.ca = ca
    this.#args = args
    this.#log = log
  }

  /** Writes its files and starts it. */
  static async create(init: ApiServerInit): Promise<ApiServer> {
    const port = await freePort()
    const args = [
      `--secure-port=${port}`,
      `--etcd-servers=${init.etcd.url}`,
      ...(await fileFlags(init)),
      ...fixedFlags,
    ]
    const server = new ApiServer(
      port,
      init.authority.certificate,
      args,
      join(init.folder, "kube-apiserver.log"),
    )
    await server.start()
    return server
  }

  /** Does nothing while it runs. */
  async start(): Promise<void> {
    if (this.#program !== undefined) return
    const program = Program.start({
      name: "kube-apiserver",
      command: kubernetesBinary("kube-apiserver"),
      args: this.#args,
      log: this.#log,
    })
    this.#program = program
    const ca = await readFile(this.ca, "utf8")
    await program.untilReady(() => isReady(this.server, ca))
  }

  /** Every connection breaks. What it stored stays. */
  async stop(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    await this.#program?.stop(signal)
    this.#program = undefined
  }
}

const fixedFlags = [
  "--bind-address=127.0.0.1",
  "--authorization-mode=RBAC",
  "--allow-privileged=true",
  "--endpoint-reconciler-type=none",
  "--service-cluster-ip-range=10.96.0.0/24",
  // Nobody here would take the taint of a new node away.
  "--disable-admission-plugins=TaintNodesByCondition",
  "--kubelet-preferred-address-types=InternalIP",
  "--profiling=false",
]

async function fileFlags(init: ApiServerInit): Promise<string[]> {
  const inFolder = (name: string) => join(init.folder, name)
  const serving = await init.authority.server("kube-apiserver")
  const { keys, issuer } = init.accounts
  const asked = { user: "kube-apiserver", groups: ["system:masters"] }
  const kubelet = await init.authority.client("kubelet-client", asked)
  await writeFile(inFolder("tokens.csv"), init.tokens, { mode: 0o600 })
  await writeFile(inFolder("audit-policy.json"), JSON.stringify(auditPolicy))
  return [
    `--tls-cert-file=${serving.certificate}`,
    `--tls-private-key-file=${serving.key}`,
    `--client-ca-file=${init.authority.certificate}`,
    // Who it is to a kubelet, which hands out logs to nobody else.
    `--kubelet-client-certificate=${kubelet.certificate}`,
    `--kubelet-client-key=${kubelet.key}`,
    `--service-account-issuer=${issuer}`,
    `--service-account-key-file=${keys.certificate}`,
    `--service-account-signing-key-file=${keys.key}`,
    `--token-auth-file=${inFolder("tokens.csv")}`,
    `--audit-policy-file=${inFolder("audit-policy.json")}`,
    `--audit-log-path=${init.auditLog}`,
    ...(init.tokenWebhook === undefined
      ? []
      : await webhookFlags(inFolder("webhook.json"), init.tokenWebhook)),
  ]
}

async function webhookFlags(path: string, { url, ca }: TokenWebhook): Promise<string[]> {
  await writeWebhookConfig(path, url, ca)
  return [
    `--authentication-token-webhook-config-file=${path}`,
    "--authentication-token-webhook-version=v1",
    // A token that expires is to be noticed at once.
    "--authentication-token-webhook-cache-ttl=1s",
  ]
}

function isReady(server: string, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(`${server}/readyz`, { ca, timeout: probeLimitMs, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    request.on("timeout", () => request.destroy(new Error("no answer")))
    request.on("error", () => resolve(false))
  })
}
