import { z } from "zod"
import { duration, durationOrNone, list, section, text } from "./leaf.ts"

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const objectName = "[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?"

/** Kinds as kubectl spells them. */
export const kindNames = ["deployment", "statefulset", "daemonset", "cronjob"] as const

const workloadInstead =
  "write KIND/NAME, such as deployment/web, where KIND is deployment, statefulset, daemonset or cronjob"

const workloadText = (description: string) =>
  text(description, workloadInstead, new RegExp(`^(?:${kindNames.join("|")})\\/${objectName}$`))

const nameOf = (kind: string) =>
  text(
    `Name of the ${kind}.`,
    `write the name of the ${kind}, such as web`,
    new RegExp(`^${objectName}$`),
  ).optional()

const containerName = text("Name of a container.", "write a container's name, such as app", label)

const containers = (which: string) =>
  z
    .array(containerName, { error: "write a list of names, such as [app]" })
    .meta({
      description: `${which} that get the image. By default those whose image is of image.repository.`,
    })
    .optional()

const workload = z
  .union(
    [
      workloadText("A workload; all of its containers whose image is of image.repository get the image."),
      section(
        {
          deployment: nameOf("Deployment"),
          statefulset: nameOf("StatefulSet"),
          daemonset: nameOf("DaemonSet"),
          cronjob: nameOf("CronJob"),
          containers: containers("Containers"),
          initContainers: containers("Init containers"),
          withoutOpen: z
            .array(containerName, { error: "write a list of names, such as [app]" })
            .meta({
              description:
                "Containers that get the image and have a command that runs no envseal open, on purpose. By default none.",
            })
            .optional(),
        },
        "A workload with the containers that get the image.",
        workloadInstead,
      ).superRefine((written, issues) => {
        for (const message of workloadFaults(written)) issues.addIssue({ code: "custom", message })
      }),
    ],
    { error: workloadInstead },
  )
  .meta({ description: "A workload: KIND/NAME, or with the containers that get the image." })

/** A workload as it is written in its long form. */
type LongForm = Readonly<Partial<Record<(typeof kindNames)[number], string | undefined>>> & {
  readonly containers?: readonly string[] | undefined
  readonly initContainers?: readonly string[] | undefined
}

function* workloadFaults(written: LongForm): Generator<string> {
  const kinds = kindNames.filter((kind) => written[kind] !== undefined)
  if (kinds.length !== 1) {
    const what = kinds.length === 0 ? "names no workload" : "names several workloads"
    yield `${what}; write one of ${kindNames.join(", ")}, such as deployment: web`
  }
  const { containers, initContainers } = written
  if (containers === undefined && initContainers === undefined) return
  const names = [...(containers ?? []), ...(initContainers ?? [])]
  if (names.length === 0) yield "names no container; write one under containers, or remove them"
  if (new Set(names).size < names.length) yield "names a container twice; remove one"
}

const hook = section(
  {
    name: text(
      "What the hook is called.",
      "write a short name of small letters, digits and -, such as migrate",
      /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/,
    ),
    workload: workloadText("The workload whose pod template is used, one of workloads."),
    container: containerName
      .meta({
        description: "Where the command runs. By default the first of its containers that gets the image.",
      })
      .optional(),
    keep: z
      .array(containerName, { error: "write a list of names, such as [cloud-sql-proxy]" })
      .meta({
        description:
          "Other containers of the workload that run beside the command, and end with it. By default none; sidecars among the init containers stay.",
      })
      .optional(),
    command: list(
      z.string({ error: "write a word; numbers need quotes" }).max(4_096, { error: "write a shorter word" }),
      "The command and its arguments, after the image's entrypoint. No shell is between.",
      "write a list of words, such as [php, artisan, migrate, --force]",
    ),
    timeout: duration("How long it may run. By default 10m.", "10m").optional(),
  },
  "A command that runs once in the cluster, with the new image.",
  "write name, workload and command",
)

const hookList = (description: string) =>
  z
    .array(hook, { error: "write a list of hooks, each with name, workload and command" })
    .max(20, { error: "has more than 20 hooks; remove some" })
    .meta({ description })
    .optional()

const cluster = {
  eks: text(
    "Name of the EKS cluster. No kubeconfig is needed for it.",
    "write the name of the EKS cluster, such as shop-production",
    /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/,
  ).optional(),
  context: text(
    "Context of the kubeconfig. With eks, it must be that cluster.",
    "write the name of a kubeconfig's context, as kubectl config get-contexts lists it",
  ).optional(),
  server: text(
    "What the URL of the API server must be.",
    "write the URL of the API server, such as https://10.0.0.1:6443",
    /^https:\/\/[^\s@?#]{1,500}$/,
  ).optional(),
  namespace: text("Namespace of the workloads.", "write the namespace of the workloads, such as shop", label),
}

const clusterWords = ["The cluster, by eks or context.", "write eks or context, and namespace"] as const

export const clusterSection = section(cluster, ...clusterWords).superRefine((written, issues) => {
  if (written.eks !== undefined || written.context !== undefined) return
  issues.addIssue({
    code: "custom",
    message: "names no cluster; write eks with an EKS cluster's name, or context with a kubeconfig's",
  })
})

/** The same where `defaults` and an environment have a part each. */
export const partOfCluster = section(cluster, ...clusterWords)
  .partial()
  .meta({ description: clusterWords[0] })

/** What a deploy changes in the cluster, and how. */
export const workloadSettings = {
  workloads: list(
    workload,
    "What is deployed to.",
    "write a list of workloads, such as [deployment/web]",
  ).optional(),
  hooks: section(
    {
      before: hookList("Run in this order before the workloads change. One that fails stops the deploy."),
      after: hookList("Run in this order after all workloads have the new image."),
    },
    "Commands that run once in the cluster, such as migrations.",
    "write before or after, each with a list of hooks",
  ).optional(),
  rollout: section(
    {
      timeout: duration("Give up when nothing has moved for this long. By default 10m.", "10m").optional(),
      settle: durationOrNone(
        "How long all pods must stay ready before a rollout counts as proven. By default 10s.",
        "10s",
      ).optional(),
      rollback: z
        .boolean({ error: "write true or false" })
        .meta({ description: "Whether a failed rollout is taken back. By default true." })
        .optional(),
    },
    "How the workloads are watched.",
    "write timeout, settle or rollback",
  ).optional(),
}
