import type { With } from "../../config/demand.ts"
import type { RegistryImage } from "../../core/build.ts"
import type { Builder } from "../../ports/builder.ts"
import type { ImageLister } from "../../ports/registry.ts"

/** How many of the newest images are asked for. */
const maxLooked = 50

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/

/**
 * The newest image that a build of the environment's project has pushed. Environments share a repository, so that an image
 * counts only when one of its tags has the id of such a build, as the generated buildspec gives it.
 *
 * @returns the image by its digest; `null` when none is known to be of such a build.
 * @throws EnvsealError as the ports do.
 */
export async function newestImage(
  { build, image: { repository, variable } }: With<"build" | "image">,
  ports: { readonly registry: ImageLister; readonly builder: Pick<Builder, "read"> },
): Promise<string | null> {
  const project = build.project.replace(/^arn:[^/]*project\//, "")
  const images = await ports.registry.newest(repository)
  for (const image of images.slice(0, maxLooked)) {
    if (await isOfProject(image, { project, variable }, ports.builder)) return `${repository}@${image.digest}`
  }
  return null
}

async function isOfProject(
  { digest, tags }: RegistryImage,
  { project, variable }: { readonly project: string; readonly variable: string },
  builder: Pick<Builder, "read">,
): Promise<boolean> {
  const ids = new Set(tags.flatMap((tag) => uuid.exec(tag)?.[0] ?? []))
  for (const id of ids) {
    const build = await builder.read(`${project}:${id}`)
    const exported = build?.exported[variable] ?? ""
    // What a build exports counts before its tag, as it does for a deploy.
    if (build !== null && (exported === "" || exported.endsWith(`@${digest}`))) return true
  }
  return false
}
