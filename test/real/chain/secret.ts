import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { exampleOf } from "../../../src/dotenv/example.ts"
import { appFolder } from "./folders.ts"

/** What the page shows as the app's name. */
export const firstName = "Käse & Brot 🧀"

/** The app's secret: all that its example asks for, as a team fills it in. @param database where it keeps its data. */
export function chainSecret(database: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const example = exampleOf(readFileSync(join(appFolder, ".env.example"), "utf8"), ".env.example")
  return {
    ...Object.fromEntries(example),
    ...{ APP_NAME: firstName, APP_ENV: "production", APP_DEBUG: "false" },
    ...{ APP_KEY: `base64:${randomBytes(32).toString("base64")}`, APP_URL: "https://shop.example" },
    ...database,
  }
}
