import { join } from "node:path"
import { root } from "../docker/folders.ts"

/** What fetch-chain.sh has fetched. */
export const parts = join(root, ".cache/chain")

/**
 * A new app of Laravel 13, without a file of envseal: github.com/laravel/laravel (MIT) at 4c9bb62621666c30adecaa06b6aabdf923a2b6e2
 * without its tests, as for PostgreSQL. Its page is a short one, and it has notes besides: a table, a job and a schedule
 * that write them, and routes that show them. Lock files are of the repositories that fetch-chain.sh makes and of npm.
 */
export const appFolder = join(import.meta.dirname, "app")
