import type { EnvironmentSettings } from "../../config/settings.ts"
import { printable } from "../../core/text.ts"
import { dockerBuildOf, judgeBuildspec } from "../core/buildspec.ts"
import { judgeDockerfile } from "../core/dockerfile.ts"
import { judgeDockerignore } from "../core/dockerignore.ts"
import { type Finding, no, of, ok, unchecked } from "../core/finding.ts"
import { judgeFpm } from "../core/fpm.ts"
import type { Manifest } from "../core/manifest.ts"
import { judgeManifests } from "../core/manifest-variables.ts"
import type { Overlay } from "../core/overlay.ts"
import { advice, settingPlace } from "../core/remedy.ts"
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
  /** The example files of the environments that are there. */
  readonly examples: ReadonlySet<string>
}

export async function learnRepository(
  environments: readonly EnvironmentSettings[],
  ports: RepositoryPorts,
): Promise<RepositoryFacts> {
  const { files, root } = ports
  const paths = [...new Set(environments.flatMap(({ require }) => require ?? []))]
  const [yaml, yml, fpm, manifests, overlays, scripts, there] = await Promise.all([
    readRepositoryText(files, `${root}buildspec.yaml`),
    readRepositoryText(files, `${root}buildspec.yml`),
    readRepositoryText(files, `${root}php-fpm.conf`),
    readManifests(ports),
    readOverlays(ports),
    readScripts(ports),
    Promise.all(paths.map(async (path) => ({ path, exists: await files.exists(path) }))),
  ])
  const isYml = yaml === null && yml !== null
  const image = await learnImageBuild(dockerBuildOf(yaml ?? yml), ports)
  return {
    buildspec: { path: `${root}${isYml ? "buildspec.yml" : "buildspec.yaml"}`, text: yaml ?? yml },
    fpm: { path: `${root}php-fpm.conf`, text: fpm },
    ...{ image, manifests, overlays, scripts },
    examples: new Set(there.filter(({ exists }) => exists).map(({ path }) => path)),
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
    judgeExample(settings, facts),
    ...judgeManifests(settings, facts.manifests, facts.overlays),
  ]
}

function judgeExample(settings: EnvironmentSettings, { examples }: RepositoryFacts): Finding {
  const subject = of("require")
  const path = settings.require
  if (path === null)
    return unchecked(subject, "require is not in envseal.yaml: no name of the secret is demanded")
  if (examples.has(path)) return ok(subject, printable(path))
  return no(
    subject,
    `${printable(path)} does not exist`,
    advice(`write it, with each name that the app needs, or correct ${settingPlace(settings, "require")}`),
  )
}
