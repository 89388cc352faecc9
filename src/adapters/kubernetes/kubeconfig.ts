import { nameList, printable } from "../../core/text.ts"
import type { ClusterAccess } from "../../ports/cluster.ts"
import type { Environment } from "../../ports/runtime.ts"
import { proxyKind } from "../proxy/address.ts"
import { isLoopback } from "./agent.ts"
import { ExecPlugin, type KubeconfigTools } from "./exec-plugin.ts"
import {
  isFields,
  type Kubeconfig,
  type KubeconfigEntry,
  kubeconfigMalformed,
  pathIn,
  readKubeconfig,
  textOf,
  wrongEntry,
} from "./kubeconfig-file.ts"
import { clientCertificateOf, pemOf } from "./pem.ts"
import { isToken, TokenFile } from "./token-file.ts"

type GetCredential = ClusterAccess["credential"]

/** A context, for the person who chooses one. */
export interface ContextSummary {
  readonly name: string
  /** `null` when the kubeconfig does not say which. */
  readonly server: string | null
  readonly namespace: string | null
  readonly current: boolean
}

/** The contexts of the user's kubeconfig. @throws EnvsealError `KUBECONFIG_MALFORMED`. */
export function kubeconfigContexts(environment: Environment): readonly ContextSummary[] {
  const { contexts, clusters, currentContext } = readKubeconfig(environment)
  return [...contexts.values()].map(({ name, fields }) => ({
    name,
    server: textOf(clusters.get(textOf(fields, "cluster") ?? "")?.fields ?? {}, "server"),
    namespace: textOf(fields, "namespace"),
    current: name === currentContext,
  }))
}

/**
 * The way to a cluster by the user's kubeconfig.
 *
 * @param context a name of it, or `null` for the current one.
 * @throws EnvsealError `KUBECONFIG_MALFORMED`.
 */
export async function kubeconfigAccess(
  context: string | null,
  tools: KubeconfigTools,
): Promise<ClusterAccess> {
  const { environment, log } = tools
  const config = readKubeconfig(environment)
  const name = context ?? config.currentContext
  const found = name === null ? undefined : config.contexts.get(name)
  if (name === null || found === undefined) throw noContext(name, config)
  const cluster = entryOf(config, "clusters", found, "cluster")
  const user = entryOf(config, "users", found, "user")
  const insecure = cluster.fields["insecure-skip-tls-verify"] === true
  if (insecure) log.warn(`the kubeconfig says not to check who answers for ${printable(name)}`)
  return {
    name,
    server: serverOf(cluster),
    ca: pemOf(cluster, "certificate-authority"),
    tlsServerName: textOf(cluster.fields, "tls-server-name"),
    insecure,
    proxy: proxyOf(cluster),
    credential: credentialOf(user, cluster, tools),
  }
}

function serverOf(cluster: KubeconfigEntry): string {
  const server = textOf(cluster.fields, "server")
  if (server !== null && isServer(server)) return server
  throw wrongEntry(
    cluster,
    `the cluster ${printable(cluster.name)} has no server, or one that is no https URL`,
  )
}

function proxyOf(cluster: KubeconfigEntry): string | null {
  const proxy = textOf(cluster.fields, "proxy-url")
  if (proxy === null || proxyKind(proxy) !== null) return proxy
  throw wrongEntry(
    cluster,
    `the proxy-url of the cluster ${printable(cluster.name)} must begin with http://, https:// or socks5://`,
  )
}

/** Over http anybody on the way could read the credential: only `kubectl proxy` and the like are reached by it. */
function isServer(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password, search, hash } = new URL(text)
  if ([username, password, search, hash].some((part) => part !== "")) return false
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname))
}

function noContext(name: string | null, { contexts, files }: Kubeconfig) {
  const what = name === null ? "there is no current context" : `there is no context ${printable(name)}`
  const names = [...contexts.keys()].sort()
  return kubeconfigMalformed(
    `${what} in ${nameList(files)}; it has ${names.length === 0 ? "none" : nameList(names)}`,
    "correct cluster.context in envseal.yaml, or make the context: aws eks update-kubeconfig --alias NAME",
  )
}

function entryOf(
  config: Kubeconfig,
  list: "clusters" | "users",
  context: KubeconfigEntry,
  part: string,
): KubeconfigEntry {
  const name = textOf(context.fields, part)
  const entry = name === null ? undefined : config[list].get(name)
  if (entry !== undefined) return entry
  throw wrongEntry(
    context,
    `the context ${printable(context.name)} names a ${part} that is not there: ${printable(name ?? "")}`,
  )
}

/** In kubectl's order: a client certificate beside anything, then token, token file, plugin. */
function credentialOf(
  user: KubeconfigEntry,
  cluster: KubeconfigEntry,
  tools: KubeconfigTools,
): GetCredential {
  refuseUnsupported(user)
  const base = clientCertificateOf(user)
  const tokenFile = textOf(user.fields, "tokenFile")
  if (tokenFile !== null) {
    const file = new TokenFile(pathIn(user, tokenFile))
    return async (refused) => ({ ...base, token: file.read(refused !== undefined) })
  }
  const token = textOf(user.fields, "token")
  if (token !== null) {
    if (!isToken(token))
      throw wrongEntry(user, `the token of the user ${printable(user.name)} has characters of no token`)
    return async () => ({ ...base, token })
  }
  const exec = user.fields["exec"]
  if (!isFields(exec)) return async () => base
  const plugin = new ExecPlugin(user, exec, cluster, tools)
  return async (refused) => ({ ...base, ...(await plugin.credential(refused)) })
}

/** What would act as somebody else when it was passed over, and what Kubernetes has no more. */
function refuseUnsupported(user: KubeconfigEntry): void {
  if (["as", "as-uid", "as-groups", "as-user-extra"].some((name) => user.fields[name] !== undefined)) {
    throw wrongEntry(
      user,
      `the user ${printable(user.name)} acts as another one (as, as-groups), which envseal does not`,
      "use a context whose user has the rights itself",
    )
  }
  if (textOf(user.fields, "username") !== null) {
    throw wrongEntry(user, `the user ${printable(user.name)} has a password, which Kubernetes takes no more`)
  }
  if (isFields(user.fields["auth-provider"])) {
    throw wrongEntry(
      user,
      `the user ${printable(user.name)} has an auth-provider, which Kubernetes has no more`,
      "use an exec plugin: for EKS, aws eks update-kubeconfig writes one",
    )
  }
}
