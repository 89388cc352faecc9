import { readFileSync } from "node:fs"
import { environmentFor, type FakeAws } from "../../fake/aws/client.ts"
import { appKey } from "../../fake/aws/world.ts"
import { sandbox } from "../../script/harness.ts"
import type { Blob, OciImage } from "./oci.ts"
import { openerLayer, openingImage, sealedLayer } from "./opening-image.ts"
import { expectation } from "./pod-identity.ts"

/** Makes images whose app is opened by envseal. */
export class Sealing {
  readonly #aws: FakeAws
  readonly #base: Blob
  readonly #box = sandbox()
  #opener: Promise<Blob> | undefined

  /** @param base the layer under all others. */
  constructor(aws: FakeAws, base: Blob) {
    this.#aws = aws
    this.#base = base
  }

  /** Seals the secret as it is now, as the build does. @param n makes another image of it. */
  async image(n = 0): Promise<OciImage> {
    this.#opener ??= openerLayer()
    const path = this.#box.path(".env.sealed")
    await this.#envseal("seal", "--out", path)
    return openingImage([this.#base, await this.#opener, sealedLayer(readFileSync(path))], n)
  }

  /** Puts the secret as it is now into a new image of an image's layers, as the build does. @returns its digest. */
  async reseal(image: string, tag: string): Promise<string> {
    const said = await this.#envseal("reseal", "--image", image, "--tag", tag, "--json")
    const { digest }: { readonly digest: string } = JSON.parse(said)
    return digest
  }

  async #envseal(command: string, ...more: readonly string[]): Promise<string> {
    const env = environmentFor(this.#aws, { via: "static", role: "builder", folder: this.#box.folder })
    const keys = ["--from", "aws-sm:shop/production", "--recipient", `aws-kms:${appKey}`]
    const args = [command, ...keys, "--context", expectation, ...more]
    const { status, stdout, stderr } = await this.#box.envseal(args, { env })
    if (status !== 0) throw new Error(stderr)
    return stdout
  }
}
