import { nameList, printable } from "../../core/text.ts"
import type { ClusterAccess, ClusterCredential } from "../../ports/cluster-access.ts"
import type { Talk } from "../../ports/talk.ts"
import { isLoopback } from "./agent.ts"
import { ExecPlugin } from "./exec-plugin.ts"
import {
  type Entry,
  isFields,
  type Kubeconfig,
  malformed,
  materialOf,
  pathIn,
  readKubeconfig,
  textOf,
} from "./kubeconfig-file.ts"
import { TokenFile } from "./token-file.ts"

type Environment = Readonly<Record<string, string | undefined>>
type GetCredential = ClusterAccess["credential"]

/**
 * The way to a cluster by the user's kubeconfig.
 *
 * @param context a name of it, or `null` for the current one.
 * @throws EnvsealError `KUBECONFIG_MALFORMED`.
 */
export async function kubeconfigAccess(
  context: string | null,
  environment: Environment,
  talk: Talk,
): Promise<ClusterAccess> {
  const config = readKubeconfig(environment)
  const name = context ?? config.currentContext
  const found = name === null ? undefined : config.contexts.get(name)
  if (name === null || found === undefined) throw noContext(name, config)
  const cluster = entryOf(config, "clusters", found, "cluster")
  const user = entryOf(config, "users", found, "user")
  const server = textOf(cluster.fields, "server")
  if (server === null || !isServer(server)) {
    throw malformed(`the cluster ${printable(cluster.name)} has no server, or one that is no https URL`)
  }
  return {
    name,
    server,
    ca: materialOf(cluster, "certificate-authority"),
    tlsServerName: textOf(cluster.fields, "tls-server-name"),
    insecure: cluster.fields["insecure-skip-tls-verify"] === true,
    proxy: textOf(cluster.fields, "proxy-url"),
    credential: credentialOf(user, cluster, environment, talk),
  }
}

/** Over http anybody on the way could read the credential: only `kubectl proxy` and the like are reached by it. */
function isServer(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  if (username !== "" || password !== "") return false
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname))
}

function noContext(name: string | null, { contexts, files }: Kubeconfig) {
  const what = name === null ? "there is no current context" : `there is no context ${printable(name)}`
  const names = [...contexts.keys()].sort()
  return malformed(
    `${what} in ${nameList(files)}; it has ${names.length === 0 ? "none" : nameList(names)}`,
    "correct cluster.context in envseal.yaml, or make the context: aws eks update-kubeconfig --alias NAME",
  )
}

function entryOf(config: Kubeconfig, list: "clusters" | "users", context: Entry, part: string): Entry {
  const name = textOf(context.fields, part)
  const entry = name === null ? undefined : config[list].get(name)
  if (entry !== undefined) return entry
  throw malformed(
    `the context ${printable(context.name)} names a ${part} that is not there: ${printable(name ?? "")}`,
  )
}

/** In kubectl's order: a client certificate beside anything, then token, token file, plugin. */
function credentialOf(user: Entry, cluster: Entry, environment: Environment, talk: Talk): GetCredential {
  refuseUnsupported(user)
  const certificate = materialOf(user, "client-certificate")
  const key = materialOf(user, "client-key")
  const base: ClusterCredential = certificate === null || key === null ? {} : { certificate, key }
  const tokenFile = textOf(user.fields, "tokenFile")
  if (tokenFile !== null) {
    const file = new TokenFile(pathIn(user, tokenFile))
    return async (refused) => ({ ...base, token: file.read(refused !== undefined) })
  }
  const token = textOf(user.fields, "token")
  if (token !== null) return async () => ({ ...base, token })
  const exec = user.fields["exec"]
  if (!isFields(exec)) return async () => base
  const plugin = new ExecPlugin(user, exec, cluster, environment, talk)
  return async (refused) => ({ ...base, ...(await plugin.credential(refused)) })
}

/** What would act as somebody else when it was passed over, and what Kubernetes has no more. */
function refuseUnsupported(user: Entry): void {
  if (["as", "as-uid", "as-groups", "as-user-extra"].some((name) => user.fields[name] !== undefined)) {
    throw malformed(
      `the user ${printable(user.name)} acts as another one (as, as-groups), which envseal does not`,
      "use a context whose user has the rights itself",
    )
  }
  if (textOf(user.fields, "username") !== null) {
    throw malformed(`the user ${printable(user.name)} has a password, which Kubernetes takes no more`)
  }
  if (isFields(user.fields["auth-provider"])) {
    throw malformed(
      `the user ${printable(user.name)} has an auth-provider, which Kubernetes has no more`,
      "use an exec plugin: for EKS, aws eks update-kubeconfig writes one",
    )
  }
}
