import type { Clock } from "./clock.ts"
import { type Bench, runController } from "./controller.ts"
import { DaemonSetController } from "./daemonset-controller.ts"
import { DeploymentController } from "./deployment-controller.ts"
import { collectGarbage } from "./garbage-collector.ts"
import { JobController } from "./job-controller.ts"
import { Kubelet } from "./kubelet.ts"
import type { Plays } from "./play.ts"
import { PodFactory, type Quotas } from "./pod-factory.ts"
import { Recorder } from "./recorder.ts"
import { ReplicaSetController } from "./replicaset-controller.ts"
import type { Setup } from "./setup.ts"
import { StatefulSetController } from "./statefulset-controller.ts"
import { Store } from "./store.ts"
import type { Webhook } from "./webhook.ts"

/** What of the cluster can be changed while it runs. */
export interface Knobs {
  plays: Plays
  quotas: Quotas
  webhooks: readonly Webhook[]
}

/** A cluster without its API server: the objects, the controllers and the nodes. */
export interface Cluster extends Bench {
  readonly knobs: Knobs
}

/** Starts the controllers and nodes of a cluster, on that clock. */
export function createCluster({ namespaces, plays, quotas, pace, nodes }: Setup, clock: Clock): Cluster {
  const knobs: Knobs = { plays, quotas, webhooks: [] }
  const store = new Store(clock)
  const recorder = new Recorder(store, clock)
  const pods = new PodFactory(
    store,
    clock,
    () => knobs.quotas,
    () => knobs.webhooks,
  )
  const names = Array.from({ length: nodes }, (_, index) => `node-${index + 1}`)
  const bench: Bench = { store, clock, pace, recorder, pods, nodes: names }
  for (const name of ["default", "kube-system", ...namespaces]) {
    store.create("namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } })
  }
  collectGarbage(store, pods)
  runController(new ReplicaSetController(bench), bench)
  runController(new DeploymentController(bench), bench)
  runController(new StatefulSetController(bench), bench)
  runController(new DaemonSetController(bench), bench)
  runController(new JobController(bench), bench)
  new Kubelet({ ...bench, plays: () => knobs.plays })
  return { ...bench, knobs }
}
