import { shellWord } from "../../core/shell.ts"
import { version } from "../../core/version.ts"
import { binaryImageFor } from "./buildspec.ts"

/** What the image that carries envseal is pushed with. */
export interface CarrierPlace {
  /** That of the app's images. */
  readonly repository: string
  readonly region: string
  /** A folder with a clone of envseal. */
  readonly clone: string
}

/**
 * Makes the image that carries envseal, pushes it into its own repository beside that of the app, and puts its digest
 * into `buildspec.yaml`. To be pasted at the top of the app's repository. A failure leaves the buildspec as it is.
 */
export function carrierCommands({ repository, region, clone }: CarrierPlace): readonly string[] {
  const image = binaryImageFor(repository)
  const [registry = "", ...path] = image.split("/")
  const isEcr = /^\d{12}\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/.test(registry)
  const place = `--region ${region}`
  const make = `npm ci --silent >&2 && npm run --silent image -- --tag ${shellWord(`${image}:${version}`)} --push`
  return [
    ...(isEcr
      ? [
          `aws ecr create-repository ${place} --image-tag-mutability IMMUTABLE --repository-name ${path.join("/")}`,
          `aws ecr get-login-password ${place} | docker login --username AWS --password-stdin ${registry}`,
        ]
      : [`docker login ${shellWord(registry)}`]),
    `image=$(cd ${shellWord(clone)} && ${make} | tail -n 1)`,
    `case "$image" in *@sha256:*) sed -i.bak "s|^\\( *ENVSEAL_BINARY: \\).*|\\1$image|" buildspec.yaml && rm buildspec.yaml.bak;; esac`,
  ]
}
