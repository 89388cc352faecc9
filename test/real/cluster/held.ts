import { setTimeout as sleep } from "node:timers/promises"
import type { Pod } from "../../../src/core/kubernetes.ts"
import type { ControlPlane } from "./control-plane.ts"
import { signOf } from "./plays.ts"
import { letAnnotation } from "./scenes.ts"

const pauseMs = 250
const limitMs = 600_000

/** Pods of a namespace by their label `app`. */
export interface HeldPods {
  readonly namespace: string
  readonly app: string
}

/**
 * Lets each pod of the play `held` become ready as it comes up, and keeps some of them back, always the same.
 * Ends when the signal says so, or after ten minutes.
 *
 * @param allBut how many are kept back.
 */
export async function letReady(
  plane: ControlPlane,
  { namespace, app }: HeldPods,
  allBut: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + limitMs
  const kept = new Set<string>()
  while (!signal.aborted && performance.now() < deadline) {
    const held = await heldPods(plane, { namespace, app })
    if (held.length > 0) for (const name of kept) if (!held.includes(name)) kept.delete(name)
    for (const name of held) if (kept.size < allBut) kept.add(name)
    const free = held.filter((name) => !kept.has(name))
    // A pod may be gone by now.
    if (free.length > 0) await plane.kubectl(["annotate", "pod", ...free, ...toLet, "-n", namespace])
    await sleep(pauseMs)
  }
}

const toLet = [`${letAnnotation}=ready`]

async function heldPods(plane: ControlPlane, { namespace, app }: HeldPods): Promise<readonly string[]> {
  const get = ["get", "pods", "-n", namespace, "-l", `app=${app}`, "-o", "json"]
  const { status, stdout } = await plane.kubectl(get)
  // The test may have stopped the API server.
  if (status !== 0) return []
  const { items }: { readonly items: readonly Pod[] } = JSON.parse(stdout)
  return items.filter(isHeld).map(({ metadata }) => metadata.name)
}

function isHeld({ metadata, spec }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined || metadata.annotations?.[letAnnotation] !== undefined)
    return false
  return spec.containers.some(({ image }) => image?.includes(`@sha256:${signOf("held")}`) ?? false)
}
