import type { EnvironmentSettings } from "../../config/settings.ts"
import { judgeAssets } from "../core/assets.ts"
import { dockerBuildOf, judgeBuildspec } from "../core/buildspec.ts"
import { judgeDockerfile } from "../core/dockerfile.ts"
import { judgeDockerignore } from "../core/dockerignore.ts"
import { judgeExample } from "../core/example.ts"
import type { Finding } from "../core/finding.ts"
import { isClosedToNode, judgeFpm } from "../core/fpm.ts"
import type { Manifest } from "../core/manifest.ts"
import { judgeManifests } from "../core/manifest-variables.ts"
import type { Overlay } from "../core/overlay.ts"
import { judgePodLines } from "../core/pod-lines.ts"
import { signalSource } from "../core/recipe/signals.ts"
import { secretsOf } from "../core/secret.ts"
import { judgeSettings } from "../core/settings.ts"
import { type ImageBuildFacts, learnImageBuild } from "./image-build.ts"
import { readManifests, readOverlays } from "./manifests.ts"
import type { RepositoryPorts } from "./ports.ts"
import { readRepositoryText, readScripts } from "./repository-text.ts"

/** What the repository holds, as far as it is looked at. A text is `null` for a file that is not there. */
export interface RepositoryFacts {
  readonly buildspec: { readonly path: string; readonly text: string | null }
  readonly image: ImageBuildFacts
  readonly fpm: { readonly path: string; readonly text: string | null }
  readonly manifests: readonly Manifest[]
  readonly overlays: readonly Overlay[]
  /** Texts of scripts, by path. */
  readonly scripts: ReadonlyMap<string, string>
  /** Texts of the example files of the environments, by path. */
  readonly examples: ReadonlyMap<string, string>
}

export async function learnRepository(
  environments: readonly EnvironmentSettings[],
  ports: RepositoryPorts,
): Promise<RepositoryFacts> {
  const { files, root } = ports
  const paths = [...new Set(environments.flatMap(({ require }) => require?.file ?? []))]
  const [yaml, yml, fpm, manifests, overlays, scripts, examples] = await Promise.all([
    readRepositoryText(files, `${root}buildspec.yaml`),
    readRepositoryText(files, `${root}buildspec.yml`),
    readRepositoryText(files, `${root}php-fpm.conf`),
    readManifests(ports),
    readOverlays(ports),
    readScripts(ports),
    Promise.all(paths.map(async (path) => [path, await readRepositoryText(files, path)] as const)),
  ])
  const isYml = yaml === null && yml !== null
  const image = await learnImageBuild(dockerBuildOf(yaml ?? yml), ports)
  return {
    buildspec: { path: `${root}${isYml ? "buildspec.yml" : "buildspec.yaml"}`, text: yaml ?? yml },
    fpm: { path: `${root}php-fpm.conf`, text: fpm },
    ...{ image, manifests, overlays, scripts },
    examples: new Map(examples.flatMap(([path, text]) => (text === null ? [] : [[path, text]]))),
  }
}

/** The links that all environments share: how the image is built. */
export function judgeRepositoryFiles(
  environments: readonly EnvironmentSettings[],
  { buildspec, image, fpm, scripts }: RepositoryFacts,
): readonly Finding[] {
  const building = environments.filter(({ build }) => build !== null)
  const demands = {
    scripts,
    builds: building.length > 0,
    environments: building.map(({ name }) => name),
    given: building.flatMap(({ build }) => Object.keys(build?.variables ?? {})),
    secrets: environments.flatMap((one) => secretsOf(one).map(({ id }) => id)),
    variables: [...new Set(building.flatMap(({ image }) => image?.variable ?? []))],
  }
  return [
    judgeBuildspec(buildspec.text, buildspec.path, demands),
    judgeDockerfile(image.dockerfile, { ...image.build, context: image.context }),
    judgeDockerignore(image.dockerignore.text, image.dockerignore.path),
    ...judgeFpm(fpm.text, fpm.path),
  ]
}

/** The links of one environment that the repository holds. */
export function judgeOffline(settings: EnvironmentSettings, facts: RepositoryFacts): readonly Finding[] {
  return [
    judgeSettings(settings),
    judgeExample(settings, facts.examples),
    ...judgeAssets(settings, facts),
    ...judgeManifests(settings, facts.manifests, facts.overlays),
    ...judgePodLines(settings, facts.manifests, facts.overlays, {
      isFpmClosed: isClosedToNode(facts.fpm.text),
      signals: signalSource(facts.image.dockerfile, { ...facts.image.build, context: facts.image.context }),
    }),
  ]
}
