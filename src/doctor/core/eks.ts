import type { EnvironmentSettings } from "../../config/settings.ts"
import type { ClusterSetup } from "../../ports/account.ts"
import { type Fact, unknown } from "./fact.ts"
import { type Finding, no, of, ok, unchecked } from "./finding.ts"
import { advice, aws, awsText } from "./remedy.ts"
import type { ServiceAccountFacts } from "./service-account.ts"
import { roleAnnotation } from "./service-account.ts"

/** How a cluster of EKS lets people and pods in. */
export interface EksFacts {
  readonly setup: Fact<ClusterSetup>
  /** The state of the add-on of Pod Identity; `null` where it is not in the cluster. */
  readonly agent: Fact<string | null>
}

export const entriesSubject = of("cluster.entries")

/** Whether the cluster takes access entries, such as that of the template, and whether pods get their roles. */
export function judgeEks(
  settings: EnvironmentSettings,
  facts: EksFacts,
  serviceAccounts: readonly ServiceAccountFacts[],
): readonly Finding[] {
  return [
    judgeEntries(settings, facts.setup),
    ...(serviceAccounts.some(hasAssociation) ? [judgeAgent(settings, facts)] : []),
  ]
}

/** Who deploys is in the cluster already, by either way: so this is no fault. */
function judgeEntries(settings: EnvironmentSettings, setup: Fact<ClusterSetup>): Finding {
  if (!setup.known) return unknown(entriesSubject, setup, "eks:DescribeCluster")
  const { authenticationMode } = setup.value
  switch (authenticationMode) {
    case null:
      return unchecked(entriesSubject, "EKS does not say how people get into the cluster")
    case "CONFIG_MAP":
      return ok(
        entriesSubject,
        "are not taken: who gets in stands in the ConfigMap aws-auth alone, and a deployer of the template must stand there",
        aws(
          settings,
          ...["eks", "update-cluster-config", "--name", settings.cluster?.eks ?? ""],
          ...["--access-config", "authenticationMode=API_AND_CONFIG_MAP"],
        ),
      )
    default:
      return ok(entriesSubject, authenticationMode === "API" ? "are taken" : "are taken, beside aws-auth")
  }
}

/** IRSA goes before an association, and needs no agent. */
function hasAssociation({ account, association }: ServiceAccountFacts): boolean {
  const annotations = account.known ? account.value?.metadata.annotations : undefined
  return annotations?.[roleAnnotation] === undefined && association.known && association.value !== null
}

function judgeAgent(settings: EnvironmentSettings, { setup, agent }: EksFacts): Finding {
  const subject = of("cluster.agent")
  const eks = settings.cluster?.eks ?? ""
  const name = ["--addon-name", "eks-pod-identity-agent"]
  if (setup.known && setup.value.isAuto) return ok(subject, "EKS runs it (Auto Mode)")
  if (!agent.known) return unknown(subject, agent, "eks:DescribeAddon")
  if (agent.value === null) {
    // In Auto Mode there is none, and nothing is wrong.
    if (!setup.known) return unknown(subject, setup, "eks:DescribeCluster")
    return no(
      subject,
      "the add-on is not in the cluster: no pod gets the role of its association",
      aws(settings, "eks", "create-addon", "--cluster-name", eks, ...name),
    )
  }
  // While it is updated, the pods of before still answer.
  if (agent.value === "ACTIVE" || agent.value === "UPDATING") return ok(subject, agent.value)
  return no(
    subject,
    `its add-on is ${agent.value}`,
    advice(
      `see what its health says: ${awsText(settings, "eks", "describe-addon", "--cluster-name", eks, ...name)}`,
    ),
  )
}
