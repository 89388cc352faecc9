import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { freePort } from "../../fake/free-port.ts"
import { kubernetesBinary } from "./binaries.ts"
import type { Authority } from "./certificates.ts"
import { writeContainerLogs } from "./container-logs.ts"
import { Program } from "./program.ts"
import { stages } from "./stages.ts"

// What moves pods, what a namespace needs before it can have any, and what clears up after them.
const controllers = [
  "deployment-controller",
  "replicaset-controller",
  "statefulset-controller",
  "daemonset-controller",
  "job-controller",
  "cronjob-controller",
  "resourcequota-controller",
  "namespace-controller",
  "serviceaccount-controller",
  "garbage-collector-controller",
  "clusterrole-aggregation-controller",
]

/** Starts kube-controller-manager with the few controllers that a rollout needs. */
export function startControllerManager(folder: string, kubeconfig: string): Program {
  return Program.start({
    name: "kube-controller-manager",
    command: kubernetesBinary("kube-controller-manager"),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--controllers=${controllers.join(",")}`,
      "--leader-elect=false",
      "--secure-port=0",
      "--kube-api-qps=1000",
      "--kube-api-burst=2000",
      "--concurrent-resource-quota-syncs=2",
    ],
    log: join(folder, "kube-controller-manager.log"),
  })
}

/** Starts kube-scheduler. */
export async function startScheduler(folder: string, kubeconfig: string): Promise<Program> {
  const config = join(folder, "kube-scheduler.json")
  await writeFile(
    config,
    JSON.stringify({
      apiVersion: "kubescheduler.config.k8s.io/v1",
      kind: "KubeSchedulerConfiguration",
      clientConnection: { kubeconfig, qps: 1000, burst: 2000 },
      leaderElection: { leaderElect: false },
    }),
  )
  return Program.start({
    name: "kube-scheduler",
    command: kubernetesBinary("kube-scheduler"),
    args: [`--config=${config}`, "--secure-port=0"],
    log: join(folder, "kube-scheduler.log"),
  })
}

/** Starts kwok, which plays every node and the kubelet on it. */
export async function startKwok(folder: string, kubeconfig: string, authority: Authority): Promise<Program> {
  const port = await freePort()
  const serving = await authority.server("kwok")
  const config = join(folder, "kwok.yaml")
  const objects = [...stages(), await writeContainerLogs(folder)]
  await writeFile(config, objects.map((object) => `---\n${JSON.stringify(object)}\n`).join(""))
  return Program.start({
    name: "kwok",
    command: kubernetesBinary("kwok"),
    args: [
      ...[`--kubeconfig=${kubeconfig}`, `--config=${config}`, "--manage-all-nodes=true"],
      // No leases: no heartbeat of a node is looked at here.
      ...["--node-ip=127.0.0.1", `--node-port=${port}`, "--node-lease-duration-seconds=0"],
      ...[`--server-address=127.0.0.1:${port}`],
      ...[`--tls-cert-file=${serving.certificate}`, `--tls-private-key-file=${serving.key}`],
    ],
    log: join(folder, "kwok.log"),
  })
}
