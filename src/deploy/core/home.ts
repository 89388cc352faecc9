/** What a workload belongs to, as envseal writes it on it: so that it can be told without a settings file. */
export interface Home {
  readonly app: string
  readonly environment: string
  /** Of AWS, twelve digits; `null` where the settings do not say. */
  readonly account: string | null
  readonly region: string | null
  /** As the settings name them, in their order. */
  readonly secrets: readonly string[]
}

/** Holds the home of a workload, as JSON. Nothing in it is secret. */
export const homeAnnotation = "envseal.dev/environment"

export function writeHome({ app, environment, account, region, secrets }: Home): string {
  return JSON.stringify({ app, environment, account, region, secrets })
}

/** @returns `null` where nothing of the form is written: anybody can write there. */
export function readHome(annotations: Readonly<Record<string, string>> | undefined): Home | null {
  const found = parsed(annotations?.[homeAnnotation] ?? "null")
  if (typeof found !== "object" || found === null) return null
  const { app, environment, account, region, secrets }: Record<string, unknown> = { ...found }
  if (typeof app !== "string" || typeof environment !== "string") return null
  return {
    app,
    environment,
    account: typeof account === "string" ? account : null,
    region: typeof region === "string" ? region : null,
    secrets: Array.isArray(secrets) && secrets.every((one) => typeof one === "string") ? secrets : [],
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
