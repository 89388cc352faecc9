import { type App, readApp } from "../../../src/setup/core/app.ts"

/** An app of which nothing is known. */
export const unknownApp: App = readApp({ composer: null, lock: null, example: new Map(), assets: null })
