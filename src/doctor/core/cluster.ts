import type { EnvironmentSettings } from "../../config/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import type { ServerAddress } from "../../core/server-address.ts"
import { shellWord } from "../../core/shell.ts"
import { nameList } from "../../core/text.ts"
import { checkServer } from "../../deploy/run/check.ts"
import { scopeOf } from "../../deploy/run/request.ts"
import { rightsOf, rightText } from "../../deploy/run/rights.ts"
import type { Right } from "../../ports/cluster.ts"
import { type Fact, unknown } from "./fact.ts"
import { type Finding, no, of, ok, unchecked, waiting } from "./finding.ts"
import { grantDeployer } from "./policy-remedy.ts"
import { advice, command, commandLine, kubectlPlace, type Remedy, setTo } from "./remedy.ts"

/** A cluster that has answered. */
export interface Reached extends ServerAddress {
  readonly name: string
  readonly user: string
}

const cluster = of("cluster")

/** Whether the API server answers, and who one is to it. */
export function judgeReaching(
  settings: EnvironmentSettings,
  reached: Fact<Reached>,
  account: Finding,
  caller: string | null,
): Finding {
  if (reached.known) {
    const { name, user } = reached.value
    return ok(cluster, `${name}, as ${user}`)
  }
  if (reached.error === null) return waiting(cluster, of("settings"))
  const byAws = settings.cluster?.eks !== null
  if (byAws && account.answer !== "ok" && isOfCredentials(reached)) return waiting(cluster, of("account"))
  if (byAws && reached.error?.code === "ACCESS_DENIED") {
    return no(cluster, "eks:DescribeCluster is not allowed to you", grantDeployer(settings, caller))
  }
  return no(
    cluster,
    reached.why,
    advice(reached.error?.hint ?? "see whether kubectl can reach it: kubectl version"),
  )
}

function isOfCredentials(fact: Extract<Fact<unknown>, { known: false }>): boolean {
  const code = fact.error?.code
  return code === "NO_CREDENTIALS" || code === "CREDENTIALS_REFUSED" || code === "WRONG_CLUSTER"
}

/** Whether it is the cluster that the settings pin. */
export function judgeServer(settings: EnvironmentSettings, reached: Reached): Finding {
  const subject = of("cluster.server")
  const { eks, server } = settings.cluster ?? { eks: null, server: null }
  if (server === null) {
    return eks === null
      ? unchecked(subject, "cluster.server is not in envseal.yaml, and a context can mean any cluster")
      : ok(subject, `${reached.server}, by the name ${eks}`)
  }
  try {
    checkServer({ settings }, { cluster: reached })
    return ok(subject, server)
  } catch (error) {
    if (!(error instanceof EnvsealError)) throw error
    return no(
      subject,
      `is ${reached.server}, and cluster.server is ${server}`,
      otherServer(settings, reached),
    )
  }
}

/** With a name in EKS, the context was already found to be that cluster: it is the setting that is wrong. */
function otherServer(settings: EnvironmentSettings, { server }: Reached): Remedy {
  return setTo(settings, "cluster.server", server)
}

/** Whether the namespace is there. Who has no right in it is not told. */
export function judgeNamespace(settings: EnvironmentSettings, there: Fact<boolean>): Finding {
  const { namespace = "", context = null } = settings.cluster ?? {}
  const subject = of("namespace", namespace)
  if (!there.known) return unknown(subject, there, `get of namespaces/${namespace}`)
  if (there.value) return ok(subject, "exists")
  const place = context === null ? [] : ["--context", context]
  return no(subject, "does not exist", command("kubectl", "create", "namespace", namespace, ...place))
}

/** Whether a deploy may do all that it does. */
export function judgeRights(
  settings: EnvironmentSettings,
  missing: Fact<readonly Right[]>,
  user: string,
): Finding {
  const subject = of("rights")
  if (!missing.known) return unknown(subject, missing, "create selfsubjectaccessreviews")
  const all = rightsOf(scopeOf(settings))
  if (missing.value.length === 0) return ok(subject, `all ${all.length} that a deploy needs`)
  const nothing = missing.value.length === all.length
  return no(
    subject,
    `not allowed to ${user}: ${nothing ? "anything" : nameList(missing.value.map(rightText), 6)}`,
    grantRole(settings),
    ...(nothing ? [bindRole(settings, user)] : []),
  )
}

function grantRole(settings: EnvironmentSettings): Remedy {
  const apply = ["kubectl", "apply", ...kubectlPlace(settings), "--filename", "-"].map(shellWord).join(" ")
  return commandLine(`envseal policy cluster -e ${shellWord(settings.name)} | ${apply}`)
}

/** Who may nothing at all is not bound to the Role. */
function bindRole(settings: EnvironmentSettings, user: string): Remedy {
  const { lease } = scopeOf(settings)
  return command(
    ...["kubectl", "create", "rolebinding", lease, `--role=${lease}`, `--user=${user}`],
    ...kubectlPlace(settings),
  )
}
