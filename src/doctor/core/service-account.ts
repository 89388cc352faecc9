import type { EnvironmentSettings } from "../../config/settings.ts"
import { podTemplateOf, type ServiceAccount, type Workload } from "../../core/kubernetes.ts"
import type { PodIdentity } from "../../ports/account.ts"
import { after, type Fact, unknown } from "./fact.ts"
import { type Finding, type LinkSubject, no, of, ok, unchecked } from "./finding.ts"
import { aws, kubectl, type Remedy } from "./remedy.ts"

/** Where IRSA has the role (EKS user guide, "IAM roles for service accounts"). */
export const roleAnnotation = "eks.amazonaws.com/role-arn"

/** The service accounts that the pods of these workloads have. */
export function serviceAccountNames(workloads: readonly Workload[]): readonly string[] {
  const names = workloads.map((workload) => {
    const { serviceAccountName } = podTemplateOf(workload).spec
    return typeof serviceAccountName === "string" && serviceAccountName !== ""
      ? serviceAccountName
      : "default"
  })
  return [...new Set(names)]
}

export function serviceAccountSubjects(name: string): readonly [LinkSubject, LinkSubject] {
  return [of("service-account", name), of("service-account.role", name)]
}

/** What is known of a service account. */
export interface ServiceAccountFacts {
  readonly name: string
  readonly account: Fact<ServiceAccount | null>
  /** Not asked for a cluster that has no name in EKS. */
  readonly association: Fact<PodIdentity | null>
}

/** Whether a service account is there, and its pods have the role that opens. */
export function judgeServiceAccount(
  settings: EnvironmentSettings,
  { name, account, association }: ServiceAccountFacts,
): readonly Finding[] {
  const [subject, role] = serviceAccountSubjects(name)
  const right = `get of serviceaccounts/${name}`
  if (!account.known) return [unknown(subject, account, right), unknown(role, account, right)]
  const found = account.value
  const exists =
    found === null
      ? no(subject, `does not exist in ${settings.cluster?.namespace}`, ...make(settings, name, association))
      : ok(subject, `is in ${settings.cluster?.namespace}`)
  const judge = () => (found === null ? [] : [judgeRole(settings, role, found, association)])
  return [exists, ...after(exists, [role], judge)]
}

/** It needs its role too, unless an association that is there names it already. */
function make(
  settings: EnvironmentSettings,
  name: string,
  association: Fact<PodIdentity | null>,
): readonly Remedy[] {
  const create = kubectl(settings, "create", "serviceaccount", name)
  const { pod } = settings.roles
  if (pod === null || (association.known && association.value !== null)) return [create]
  return [create, giveRole(settings, name, pod)]
}

function judgeRole(
  settings: EnvironmentSettings,
  subject: LinkSubject,
  { metadata }: ServiceAccount,
  association: Fact<PodIdentity | null>,
): Finding {
  const wanted = settings.roles.pod
  if (wanted === null) return unchecked(subject, "roles.pod is not in envseal.yaml")
  // The SDKs take a web identity before what the agent gives.
  const annotated = metadata.annotations?.[roleAnnotation]
  if (annotated !== undefined) {
    if (annotated === wanted) return ok(subject, `${wanted} (IRSA)`)
    return no(
      subject,
      `is ${annotated}, and roles.pod is ${wanted}`,
      annotate(settings, subject.about, wanted),
    )
  }
  if (!association.known) return unknown(subject, association, "eks:ListPodIdentityAssociations")
  if (association.value === null) {
    return no(
      subject,
      "it has no role, by IRSA or by Pod Identity",
      giveRole(settings, subject.about, wanted),
    )
  }
  const { id, role } = association.value
  if (role === wanted) return ok(subject, `${wanted} (Pod Identity)`)
  return no(
    subject,
    `is ${role}, and roles.pod is ${wanted}`,
    aws(
      settings,
      ...["eks", "update-pod-identity-association", "--cluster-name", settings.cluster?.eks ?? ""],
      ...["--association-id", id, "--role-arn", wanted],
    ),
  )
}

function giveRole(settings: EnvironmentSettings, name: string, role: string): Remedy {
  const { eks, namespace } = settings.cluster ?? { eks: null, namespace: "" }
  if (eks === null) return annotate(settings, name, role)
  return aws(
    settings,
    ...["eks", "create-pod-identity-association", "--cluster-name", eks, "--namespace", namespace],
    ...["--service-account", name, "--role-arn", role],
  )
}

function annotate(settings: EnvironmentSettings, name: string, role: string): Remedy {
  return kubectl(settings, "annotate", "serviceaccount", name, "--overwrite", `${roleAnnotation}=${role}`)
}
