import { seconds } from "../harness.ts"
import { newImage, type Stage } from "./stage.ts"

/** How long nothing may move in a run that is to fail by it. It forgives more than five seconds in which it stood still. */
export const stall = async (): Promise<readonly string[]> => ["--stall", await seconds(3, 6)]

/** Has the cluster soon give up a rollout of deployment/web that does not move any more. */
export async function giveUp({ cluster }: Stage): Promise<void> {
  // Two seconds of ours.
  await cluster.patch({ resource: "deployments", name: "web" }, { spec: { progressDeadlineSeconds: 100 } })
}

/** Replaces the pods of the new image, which were not to be ready until now, by ready ones. */
export async function letReady({ cluster }: Stage): Promise<void> {
  await cluster.play(newImage, "ready")
  for (const { metadata, spec } of await cluster.list("pods")) {
    if (spec.containers[0]?.image === newImage) await cluster.delete("pods", metadata.name)
  }
}
