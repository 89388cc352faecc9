import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { type AccountTokens, writeAccountKeys } from "./account-tokens.ts"
import { ApiServer, type TokenWebhook } from "./api-server.ts"
import { Authority, type KeyPair } from "./certificates.ts"
import { startControllerManager, startKwok, startScheduler } from "./controllers.ts"
import { startEtcd } from "./etcd.ts"
import { type KubectlEnd, runKubectl } from "./kubectl.ts"
import type { Program } from "./program.ts"
import { type LoggedRequest, ownUsers, readRequests } from "./request-log.ts"
import { type Groups, Users } from "./users.ts"
import { type Manifest, makeNode } from "./workloads.ts"

const namespaceLimit = "30s"
const usualIssuer = "https://kubernetes.default.svc.cluster.local"

/** How a control plane is set up. */
export interface ControlPlaneOptions {
  /** Where its files, logs and data go. Made when it is missing; the caller removes it. */
  readonly folder: string
  /** Users with a bearer token, and their groups. `deployer`, in no group, when it is left out. */
  readonly users?: Groups
  /** Who is asked about a token that is in no file, as EKS asks the AWS IAM authenticator. */
  readonly tokenWebhook?: TokenWebhook
  /**
   * How many nodes kwok plays, each with 64 CPUs and room for 250 pods. 4 when it is left out; with 0 there is no kwok,
   * and nodes are somebody else's to start (test/real/node).
   */
  readonly nodes?: number
  /** What the tokens of service accounts say of who signs them. That of a cluster without a name in DNS by default. */
  readonly issuer?: string
}

/** kubectl's options here. */
export interface KubectlOptions {
  /** Whose. The administrator's when it is left out. */
  readonly kubeconfig?: string
  /** For its standard input. */
  readonly input?: string
}

interface Parts {
  readonly api: ApiServer
  readonly users: Users
  readonly accounts: AccountTokens
  readonly auditLog: string
  readonly adminKubeconfig: string
  /** In the order in which they are to be stopped, the API server left out. */
  readonly programs: readonly Program[]
}

/**
 * A Kubernetes of its own on the loopback interface: etcd, the API server with RBAC, the controllers of workloads,
 * the scheduler, and nodes whose pods do what their image says (see plays.ts).
 */
export class ControlPlane {
  /** `https://127.0.0.1:…` */
  readonly server: string
  /** Path of the PEM file of the authority that signed the server's certificate. */
  readonly ca: string
  /** Path of the kubeconfig of a user who may do everything. */
  readonly adminKubeconfig: string
  /** Path of the PEM file of the key by which the tokens of service accounts are known. */
  readonly accountsKey: string
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
    this.server = parts.api.server
    this.ca = parts.api.ca
    this.adminKubeconfig = parts.adminKubeconfig
    this.accountsKey = parts.accounts.keys.certificate
  }

  kubectl(args: readonly string[], { kubeconfig, input }: KubectlOptions = {}): Promise<KubectlEnd> {
    return runKubectl(kubeconfig ?? this.adminKubeconfig, args, input)
  }

  /**
   * kubectl, where only its output matters.
   *
   * @throws Error with what it said, when it does not end with 0.
   */
  async read(args: readonly string[], options: KubectlOptions = {}): Promise<string> {
    const { status, stdout, stderr } = await this.kubectl(args, options)
    if (status !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`)
    return stdout
  }

  /** @returns the one object of `kubectl get`. */
  async object<T>(args: readonly string[]): Promise<T> {
    return JSON.parse(await this.read(["get", ...args, "-o", "json"]))
  }

  /** @returns the objects of a list of `kubectl get`. */
  async items<T>(args: readonly string[]): Promise<readonly T[]> {
    return (await this.object<{ readonly items: readonly T[] }>(args)).items
  }

  /** Creates the objects or changes them, as the administrator. */
  async apply(...objects: readonly Manifest[]): Promise<void> {
    const list = { apiVersion: "v1", kind: "List", items: objects }
    await this.read(["apply", "-f", "-"], { input: JSON.stringify(list) })
  }

  /** Creates a namespace and waits until it can have pods. */
  async namespace(name: string): Promise<void> {
    await this.read(["create", "namespace", name])
    const wait = ["wait", "--for=create", "serviceaccount/default", `--timeout=${namespaceLimit}`]
    await this.read([...wait, "--namespace", name])
  }

  /** @throws Error when the user is not one of the options' `users`. */
  token(user: string): string {
    return this.#parts.users.token(user)
  }

  /** @returns the path of a kubeconfig with the user's token. */
  tokenKubeconfig(user: string): Promise<string> {
    return this.#parts.users.kubeconfig(this.#parts.api, { kind: "token", token: this.token(user) })
  }

  /** Any user, any groups: the certificate says it. */
  clientCertificate(user: string, groups: readonly string[] = []): Promise<KeyPair> {
    return this.#parts.users.certificate(user, groups)
  }

  /** @returns the path of a kubeconfig with such a certificate. */
  async certificateKubeconfig(user: string, groups: readonly string[] = []): Promise<string> {
    const pair = await this.clientCertificate(user, groups)
    return this.#parts.users.kubeconfig(this.#parts.api, { kind: "certificate", pair })
  }

  /** What the user has asked of the API server, since the first start. */
  requests(user: string): readonly LoggedRequest[] {
    return readRequests(this.#parts.auditLog, user)
  }

  /** Every connection breaks, with no word. */
  stopApiServer(): Promise<void> {
    return this.#parts.api.stop("SIGKILL")
  }

  /** Starts it again on the same port and waits until it is ready. */
  startApiServer(): Promise<void> {
    return this.#parts.api.start()
  }

  async restartApiServer(): Promise<void> {
    await this.stopApiServer()
    await this.startApiServer()
  }

  /** Ends every program. What they stored is of no more use, so nobody is asked. */
  async stop(): Promise<void> {
    await Promise.all(this.#parts.programs.map((program) => program.stop("SIGKILL")))
    await this.#parts.api.stop("SIGKILL")
  }
}

/**
 * Starts a control plane whose programs end with this process.
 *
 * @throws Error with the end of a program's log, when that does not become ready.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { folder } = options
  await mkdir(folder, { recursive: true })
  const etcd = await startEtcd(folder)
  const authority = await Authority.create(folder)
  const users = new Users(folder, authority, options.users ?? { deployer: [] })
  const accounts = await writeAccountKeys(folder, options.issuer ?? usualIssuer)
  const auditLog = join(folder, "audit.log")
  const api = await ApiServer.create({
    ...{ folder, authority, etcd, accounts, auditLog },
    ...{ tokens: users.tokenFile(), tokenWebhook: options.tokenWebhook },
  })
  const masters = async (user: string) => {
    const pair = await users.certificate(user, ["system:masters"])
    return users.kubeconfig(api, { kind: "certificate", pair })
  }
  const own = await masters(ownUsers[0])
  const scheduler = await masters(ownUsers[1])
  const nodes = options.nodes ?? 4
  const programs = [
    ...(nodes > 0 ? [await startKwok(folder, own, authority)] : []),
    await startScheduler(folder, scheduler),
    startControllerManager(folder, own),
    etcd.program,
  ]
  const adminKubeconfig = await masters("admin")
  const plane = new ControlPlane({ api, users, accounts, auditLog, adminKubeconfig, programs })
  const played = Array.from({ length: nodes }, (_, index) => makeNode(`node-${index + 1}`))
  if (played.length > 0) await plane.apply(...played)
  return plane
}
