import { jsonObject } from "../../core/json-object.ts"
import { exampleOf } from "../../dotenv/example.ts"
import type { WorkTree } from "../../ports/files.ts"
import { type App, readApp } from "../core/app.ts"
import { type ComposerFacts, readComposer, readComposerLock } from "../core/composer.ts"
import { nodeLockFiles, readNodePackage } from "../core/node-package.ts"
import { isFileAt, textAt } from "./repository-file.ts"

/** What the files of an app say of it. */
export interface LookedApp {
  readonly composer: ComposerFacts | null
  readonly broken: readonly string[]
  readonly app: App
}

/** @throws EnvsealError `INPUT_UNREADABLE`, `INPUT_TOO_LARGE`, or `DOTENV_MALFORMED` for a broken `.env.example`. */
export async function lookAtApp(tree: WorkTree): Promise<LookedApp> {
  const texts = {
    "composer.json": await textAt("composer.json", tree),
    "composer.lock": await textAt("composer.lock", tree),
    "package.json": await textAt("package.json", tree),
  }
  const composer = read(texts["composer.json"], readComposer)
  const example = await textAt(".env.example", tree)
  const app = readApp({
    composer,
    lock: read(texts["composer.lock"], readComposerLock),
    octane: await textAt("config/octane.php", tree),
    gitignore: await textAt(".gitignore", tree),
    example: example === null ? new Map() : exampleOf(example, ".env.example"),
    assets:
      texts["package.json"] === null
        ? null
        : readNodePackage({
            packageJson: texts["package.json"],
            lockFiles: await filesOf(Object.keys(nodeLockFiles), tree),
            version: (await textAt(".nvmrc", tree)) ?? (await textAt(".node-version", tree)),
          }),
  })
  const broken = Object.entries(texts)
    .filter(([, text]) => text !== null && jsonObject(text) === null)
    .map(([name]) => name)
  return { composer, broken, app }
}

/**
 * Whether Horizon works the app's queues. Nothing else of it is looked at.
 *
 * @throws EnvsealError `INPUT_UNREADABLE`, `INPUT_TOO_LARGE`.
 */
export async function usesHorizon(tree: WorkTree): Promise<boolean> {
  const composer = read(await textAt("composer.json", tree), readComposer)
  const lock = read(await textAt("composer.lock", tree), readComposerLock)
  const others = { example: new Map<string, string>(), assets: null, octane: null, gitignore: null }
  return readApp({ composer, lock, ...others }).hasHorizon
}

function read<Facts>(text: string | null, reader: (text: string) => Facts | null): Facts | null {
  return text === null ? null : reader(text)
}

async function filesOf(paths: readonly string[], tree: WorkTree): Promise<string[]> {
  const found: string[] = []
  for (const path of paths) if (await isFileAt(path, tree)) found.push(path)
  return found
}
