/**
 * A program that asks an API server by the client under test, so that it can be run by each runtime. Reads a
 * {@link Question} from standard input, and writes its {@link Reply} to standard output.
 */
import { text } from "node:stream/consumers"
import { KubernetesCluster } from "../../../src/adapters/kubernetes/cluster.ts"
import { kubeconfigAccess } from "../../../src/adapters/kubernetes/kubeconfig.ts"
import { runBoundedProgram } from "../../../src/adapters/node/bounded-program.ts"
import { EnvsealError } from "../../../src/core/error.ts"
import { podTemplateOf } from "../../../src/core/kubernetes.ts"
import type { ClusterAccess, ClusterCredential } from "../../../src/ports/cluster.ts"

export interface Question {
  /** A kubeconfig, or the access itself. */
  readonly kubeconfig?: string
  readonly access?: Omit<ClusterAccess, "credential" | "name">
  readonly credential?: ClusterCredential
  /** Observes until the Deployment `web` has this image; without it, only asks who the user is. */
  readonly untilImage?: string
}

export type Reply = { readonly value: string } | { readonly code: string; readonly message: string }

const log = { warn: () => {}, debug: () => {} }
const activity = { begin: () => {}, failed: () => {} }
/** Only failures are quick: that a machine is slow is none. */
const limits = { firstPauseMs: 20, longestPauseMs: 100, retryMs: 500, connectMs: 60_000, answerMs: 60_000 }

async function accessOf({ kubeconfig, access, credential = {} }: Question): Promise<ClusterAccess> {
  if (access !== undefined) return { ...access, name: "fake", credential: async () => credential }
  return kubeconfigAccess(null, {
    environment: { KUBECONFIG: kubeconfig, PATH: process.env["PATH"] },
    log,
    run: runBoundedProgram,
  })
}

async function observed(cluster: KubernetesCluster, image: string): Promise<string> {
  const stop = new AbortController()
  for await (const observation of cluster.observe(["Deployment"], stop.signal)) {
    if (observation.type === "lost") continue
    const images = observation.view.workloads.map((one) => podTemplateOf(one).spec.containers[0]?.image)
    process.stdout.write(`${JSON.stringify(images)}\n`)
    if (images.includes(image)) stop.abort()
  }
  return image
}

async function answer(question: Question): Promise<Reply> {
  try {
    const cluster = new KubernetesCluster(await accessOf(question), "shop", { log, activity, limits })
    const { untilImage } = question
    return { value: await (untilImage === undefined ? cluster.whoAmI() : observed(cluster, untilImage)) }
  } catch (error) {
    if (!(error instanceof EnvsealError)) throw error
    return { code: error.code, message: error.message }
  }
}

const reply = await answer(JSON.parse(await text(process.stdin)))
process.stdout.write(`${JSON.stringify(reply)}\n`)
