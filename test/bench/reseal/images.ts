import type { FakeAws } from "../../fake/aws/client.ts"
import type { Registry } from "../../real/docker/registry.ts"
import { announceImage, type ImageManifest, imageInEcr } from "../../real/node/ecr.ts"
import { type Blob, type OciImage, push, sendTo } from "../../real/node/oci.ts"

const manifestType = "application/vnd.docker.distribution.manifest.v2+json"

/** A manifest, and its own size in bytes. */
export interface SizedManifest extends ImageManifest {
  readonly size: number
}

/** The manifest of an image that `docker push` or {@link toRegistry} has put into the registry. */
export async function manifestIn(registry: Registry, digest: string): Promise<SizedManifest> {
  const bytes = await bytesOf(registry, `manifests/${digest}`, manifestType)
  return { ...JSON.parse(bytes.toString()), size: bytes.length }
}

/** Lets ECR have what `docker push` has put into the registry, as if that were ECR itself. */
export async function toEcr(aws: FakeAws, registry: Registry, digest: string): Promise<void> {
  const bytes = await bytesOf(registry, `manifests/${digest}`, manifestType)
  const { config, layers }: ImageManifest = JSON.parse(bytes.toString())
  const read = async (one: string): Promise<Blob> => ({
    ...{ digest: one, bytes: await bytesOf(registry, `blobs/${one}`, "*/*") },
  })
  const last = layers.at(-1)?.digest ?? ""
  const others = layers.slice(0, -1).map((one): Blob => ({ digest: one.digest, bytes: Buffer.alloc(0) }))
  const image: OciImage = {
    manifest: { digest, bytes },
    parts: [await read(config.digest), ...others, await read(last)],
  }
  await announceImage(aws, image)
}

/** Brings what `envseal reseal` has put into ECR to where the node pulls. @param auth of the registry, in base64. */
export async function toRegistry(
  aws: FakeAws,
  registry: Registry,
  digest: string,
  auth: string,
): Promise<void> {
  await push(sendTo(registry.host, auth), "shop", await imageInEcr(aws, digest))
}

/** The bytes of an image that another one does not have: what is pushed once, and pulled by every node. */
export function newBytes(before: ImageManifest, after: SizedManifest): number {
  const known = [before.config, ...before.layers].map(({ digest }) => digest)
  return [after.config, ...after.layers]
    .filter(({ digest }) => !known.includes(digest))
    .reduce((total, { size }) => total + size, after.size)
}

async function bytesOf(registry: Registry, path: string, accept: string): Promise<Buffer> {
  const answer = await registry.get(`/v2/shop/${path}`, accept)
  if (!answer.ok) throw new Error(`the registry answered ${answer.status} for ${path}`)
  return Buffer.from(await answer.arrayBuffer())
}
