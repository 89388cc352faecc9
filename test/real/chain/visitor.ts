import { hangMs } from "../hang.ts"
import type { Chain } from "./stage.ts"
import { namespace } from "./world.ts"

/** A pod, as far as it is looked at. */
export interface PodView {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string }
  readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] }
  readonly status: {
    readonly podIP?: string
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
    readonly containerStatuses?: readonly ContainerView[]
  }
}

/** What became of a container. */
export interface ContainerView {
  readonly name: string
  readonly imageID: string
  readonly restartCount: number
  readonly state: { readonly terminated?: EndView }
  readonly lastState: { readonly terminated?: EndView }
}

/** How a container ended. */
export interface EndView {
  readonly exitCode: number
  readonly reason: string
  readonly message?: string
}

/** The pods that a selector of labels means, by their names. */
export async function podsIn({ kubectl }: Chain, selector: string): Promise<readonly PodView[]> {
  const args = ["get", "pods", "--namespace", namespace, "--selector", selector, "--output", "json"]
  const { items }: { readonly items: readonly PodView[] } = JSON.parse(await kubectl(args))
  return items
}

/** The pods of a part of the app, such as `web`, that are not about to go. */
export async function podsOf(chain: Chain, part: string): Promise<readonly PodView[]> {
  const all = await podsIn(chain, `part=${part}`)
  return all.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
}

/** Whether a pod answers visitors. */
export function isReady({ status }: PodView): boolean {
  return (status.conditions ?? []).some(({ type, status: is }) => type === "Ready" && is === "True")
}

/** Asks one of the web's pods, as its Service does. */
export async function visit(chain: Chain, path: string): Promise<Response> {
  const pod = (await podsOf(chain, "web")).find(isReady)
  if (pod?.status.podIP === undefined) throw new Error("no pod of the web is ready")
  return fetch(`http://${pod.status.podIP}:8080${path}`, { signal: AbortSignal.timeout(hangMs) })
}
