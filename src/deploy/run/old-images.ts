import type { EnvironmentSettings } from "../../config/settings.ts"
import { inOrder } from "../../core/in-order.ts"
import type { Registry } from "../../ports/registry.ts"
import { type CheckedTarget, type Plan, resumedBuild } from "../core/plan.ts"
import { resealOrigin } from "../core/reseal-origin.ts"
import { type BackRequest, wayBack } from "../core/way-back.ts"
import { checkOldImage } from "./image.ts"

/**
 * Whether the images that a rollback leads to are there. Where it leads nowhere, the run says why.
 *
 * @throws EnvsealError `IMAGE_UNUSABLE` when one is of no use any more.
 */
export async function checkOldImages(
  targets: readonly CheckedTarget[],
  request: BackRequest,
  { image }: Pick<EnvironmentSettings, "image">,
  registry: Registry,
): Promise<void> {
  const way = wayBack(targets, request)
  if (image === null || way.type === "none") return
  // Each is asked for once, however many workloads ran it.
  const old = new Map(
    way.steps.flatMap(({ workload, images }) => Object.values(images).map((one) => [one, workload] as const)),
  )
  await inOrder([...old].map(([one, text]) => checkOldImage(`what ${text} ran before`, one, image, registry)))
}

/**
 * Whether the image that is to be resealed is there. Where there is no one image, the run says why.
 *
 * @throws EnvsealError `IMAGE_UNUSABLE` when it is of no use any more.
 */
export async function checkOrigin(
  targets: readonly CheckedTarget[],
  { environment, start }: Pick<Plan, "environment" | "start">,
  { image }: Pick<EnvironmentSettings, "image">,
  registry: Registry,
): Promise<void> {
  const found = resealOrigin(targets, environment, resumedBuild(start) !== null)
  if (image === null || found.type === "none") return
  const { digest } = found.origin
  await checkOldImage("what runs", `${image.repository}@${digest}`, image, registry)
}
