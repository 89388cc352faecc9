import { isPublicName, publicValue } from "../../dotenv/public-name.ts"
import type { ComposerFacts, LockedPackages } from "./composer.ts"
import type { Conclusion } from "./conclusion.ts"
import type { MorePart } from "./more-pods.ts"
import { type AssetBuild, assetCommands } from "./node-package.ts"
import { type OctaneServer, octaneUse } from "./octane.ts"
import { extensionConclusions, extensionsFor, type NeededExtension } from "./php-extensions.ts"

/** What the files of an app say, as far as they are there. */
export interface AppSources {
  readonly composer: ComposerFacts | null
  readonly lock: LockedPackages | null
  /** Names and values of `.env.example`, empty without one. */
  readonly example: ReadonlyMap<string, string>
  readonly assets: AssetBuild | null
  /** Text of `config/octane.php`; `null` for none. */
  readonly octane: string | null
  /** Text of `.gitignore`; `null` for none. */
  readonly gitignore: string | null
}

/** What an app needs of its image and its pods. */
export interface App {
  readonly extensions: readonly NeededExtension[]
  /** What it and its packages require of PHP. */
  readonly php: readonly string[]
  readonly assets: AssetBuild | null
  /** Names that the asset build puts into what every visitor gets. */
  readonly publicNames: readonly string[]
  /** What the example has for each of them, a reference to another name of it followed. */
  readonly publicValues: Readonly<Record<string, string>>
  readonly hasHorizon: boolean
  /** The server of Octane that answers requests; `null` for php-fpm. */
  readonly server: OctaneServer | null
  /** Which workloads it has besides those of every app. */
  readonly more: readonly MorePart[]
  readonly conclusions: readonly Conclusion[]
}

/** What is concluded of an app. */
export function readApp(sources: AppSources): App {
  const { composer, lock, example, assets } = sources
  const packages = [...new Set([...(composer?.packages ?? []), ...(lock?.names ?? [])])]
  const required = composer?.extensions ?? []
  const locked = lock?.extensions ?? new Map<string, string>()
  const octane = octaneUse({
    ...{ packages, example, extensions: [...required, ...locked.keys()] },
    ...{ configuration: sources.octane, gitignore: sources.gitignore },
  })
  const extensions = extensionsFor({ required, locked, packages, example, server: octane.extensions })
  const more = morePartsOf(packages, example)
  const publicNames = assets === null ? [] : [...example.keys()].filter(isPublicName)
  return {
    extensions,
    php: [...(composer?.php === null || composer === null ? [] : [composer.php]), ...(lock?.php ?? [])],
    assets,
    publicNames,
    publicValues: Object.fromEntries(publicNames.map((name) => [name, publicValue(name, example)])),
    hasHorizon: packages.includes("laravel/horizon"),
    server: octane.server,
    more: more.map(({ part }) => part),
    conclusions: [
      ...extensionConclusions(extensions),
      ...(assets === null ? [] : assetConclusions(assets, publicNames)),
      ...(packages.includes("laravel/horizon") ? [horizon] : []),
      ...octane.conclusions,
      ...more.map(({ what, from }) => ({ what, from })),
    ],
  }
}

const horizon: Conclusion = { what: "Horizon as the worker", from: "laravel/horizon" }

/** The workloads of packages that have processes of their own, as their documentation has them. */
function morePartsOf(
  packages: readonly string[],
  example: ReadonlyMap<string, string>,
): readonly (Conclusion & { readonly part: MorePart })[] {
  const found: (Conclusion & { readonly part: MorePart })[] = []
  if (packages.includes("laravel/reverb"))
    found.push({ part: "reverb", what: "pods and a Service for Reverb", from: "laravel/reverb" })
  if (!packages.includes("laravel/pulse")) return found
  found.push({ part: "pulse", what: "a pod for pulse:check", from: "laravel/pulse" })
  if (example.get("PULSE_INGEST_DRIVER") === "redis") {
    const from = "PULSE_INGEST_DRIVER=redis in .env.example"
    found.push({ part: "pulse-work", what: "a pod for pulse:work", from })
  }
  return found
}

function assetConclusions(assets: AssetBuild, publicNames: readonly string[]): Conclusion[] {
  const { lockFile, pinned, manager, node, nodeFrom } = assets
  const by = pinned !== null ? "packageManager in package.json" : (lockFile ?? "no lock file")
  const built: Conclusion[] = [
    { what: `a stage that builds assets with ${manager}: ${assetCommands(assets).join(", ")}`, from: by },
    { what: `Node ${node} for it`, from: nodeFrom ?? "the long-term version" },
  ]
  if (publicNames.length === 0) return built
  const what = `${publicNames.join(", ")} from build.variables of envseal.yaml, never from the secret: scripts that every visitor gets will hold it`
  return [...built, { what, from: ".env.example" }]
}
