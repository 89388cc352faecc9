import { isPublicName, publicValue } from "../../dotenv/public-name.ts"
import type { ComposerFacts, LockedPackages } from "./composer.ts"
import type { Conclusion } from "./conclusion.ts"
import { type AssetBuild, assetCommands } from "./node-package.ts"
import { extensionConclusions, extensionsFor, type NeededExtension } from "./php-extensions.ts"

/** What the files of an app say, as far as they are there. */
export interface AppSources {
  readonly composer: ComposerFacts | null
  readonly lock: LockedPackages | null
  /** Names and values of `.env.example`, empty without one. */
  readonly example: ReadonlyMap<string, string>
  readonly assets: AssetBuild | null
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
  readonly conclusions: readonly Conclusion[]
}

/** What is concluded of an app. */
export function readApp(sources: AppSources): App {
  const { composer, lock, example, assets } = sources
  const packages = [...new Set([...(composer?.packages ?? []), ...(lock?.names ?? [])])]
  const extensions = extensionsFor({
    required: composer?.extensions ?? [],
    locked: lock?.extensions ?? new Map(),
    packages,
    example,
  })
  const publicNames = assets === null ? [] : [...example.keys()].filter(isPublicName)
  return {
    extensions,
    php: [...(composer?.php === null || composer === null ? [] : [composer.php]), ...(lock?.php ?? [])],
    assets,
    publicNames,
    publicValues: Object.fromEntries(publicNames.map((name) => [name, publicValue(name, example)])),
    hasHorizon: packages.includes("laravel/horizon"),
    conclusions: [
      ...extensionConclusions(extensions),
      ...(assets === null ? [] : assetConclusions(assets, publicNames)),
      ...packages.flatMap((name) => {
        const what = byPackage.get(name)
        return what === undefined ? [] : [{ what, from: name }]
      }),
    ],
  }
}

/** What is concluded of a package that changes how an app runs. */
const byPackage: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "laravel/horizon": "Horizon as the worker",
    "laravel/octane":
      "php-fpm for requests, and no server of Octane: the app runs on it too, and an image with that server is yours to make",
    "laravel/reverb":
      "no pods for Reverb: copy worker.yaml, with php artisan reverb:start as args, a port and a Service",
    "laravel/pulse":
      "no pods for Pulse: what runs pulse:check or pulse:work is worker.yaml once more, with that as args",
  }),
)

function assetConclusions(assets: AssetBuild, publicNames: readonly string[]): Conclusion[] {
  const { lockFile, pinned, manager, node, nodeFrom } = assets
  const by = pinned !== null ? "packageManager in package.json" : (lockFile ?? "no lock file")
  const built: Conclusion[] = [
    { what: `a stage that builds assets with ${manager}: ${assetCommands(assets).join(", ")}`, from: by },
    { what: `Node ${node} for it`, from: nodeFrom ?? "the long-term version" },
  ]
  if (publicNames.length === 0) return built
  const what = `${publicNames.join(", ")} as variables of the build: they end up in scripts, and are never taken from the secret: build.variables in envseal.yaml has them`
  return [...built, { what, from: ".env.example" }]
}
