import { type App, readApp } from "../../../src/setup/core/app.ts"
import type { FoundRepository } from "../../../src/setup/run/repository-look.ts"
import type { FoundAround } from "../../../src/setup/run/surroundings-look.ts"

/** An app of which nothing is known. */
export const unknownApp: App = readApp({
  ...{ composer: null, lock: null, example: new Map(), assets: null, octane: null, gitignore: null },
})

/** A repository with nothing around the app. */
export const nothingAround: FoundAround = {
  ...{ workloads: [], dockerfiles: [], apps: [], lockFiles: [], hasPublic: true },
}

/** A folder in which nothing is. */
export const nothingFound: FoundRepository = {
  ...{ composer: null, broken: [], app: unknownApp, isSetUp: false, hasOwnBuildspec: false },
  ...{ dockerfile: null, exampleNames: null, around: nothingAround, gitignore: null, gitattributes: null },
  ...{ origin: null, mainBranch: null, contexts: [], region: null, clone: null },
}
