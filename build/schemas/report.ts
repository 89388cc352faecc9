import { z } from "zod"
import { failure } from "./common.ts"
import { event, preview } from "./deploy.ts"
import { examined } from "./doctor.ts"
import { checked, differences, identity, inspection, rekeyed, resealed, sealed } from "./envelope.ts"
import { history } from "./release.ts"
import { scanned } from "./scan.ts"
import { changed, names, differences as secretDifferences, versions } from "./secret.ts"
import { envAdd, init } from "./setup.ts"
import { clusterStatus, status } from "./status.ts"

/** What one kind of `--json` prints, one object on each line. */
export interface Report {
  /** The file in `schemas/` is this and `.schema.json`. */
  readonly name: string
  readonly title: string
  /** Commands that print it, without `envseal`; none for what standard error gets. */
  readonly commands: readonly string[]
  /** The option with which these commands print it, and not what they usually print; `null` for what is usual. */
  readonly option: string | null
  readonly schema: z.ZodType
}

const secretChanges = ["edit", "set", "unset", "rename", "import", "restore"].map((name) => `secret ${name}`)

const usual = (name: string, commands: readonly string[], schema: z.ZodType): Report => {
  const told = commands.map((command) => `envseal ${command}`).join(", ")
  return { name, title: `${told} --json`, commands, option: null, schema }
}

const instead = (name: string, command: string, option: string, schema: z.ZodType): Report => ({
  ...{ name, title: `envseal ${command} ${option} --json`, commands: [command], option, schema },
})

/** Everything that `--json` prints. */
export const reports: readonly Report[] = [
  usual("seal", ["seal"], sealed),
  usual("check", ["check"], checked),
  usual("inspect", ["inspect"], inspection),
  usual("keygen", ["keygen"], identity),
  usual("rekey", ["rekey"], rekeyed),
  usual("diff", ["diff"], differences),
  usual("scan", ["scan"], scanned),
  usual("reseal", ["reseal"], resealed),
  usual("deploy-event", ["deploy", "rollback"], event),
  instead("deploy-plan", "deploy", "--dry-run", preview),
  usual("history", ["history"], history),
  usual("status", ["status"], status),
  instead("status-cluster", "status", "--cluster", clusterStatus),
  usual("doctor", ["doctor"], examined),
  usual("init", ["init"], init),
  usual("env-add", ["env add"], envAdd),
  usual("secret-names", ["secret names"], names),
  usual("secret-versions", ["secret versions"], versions),
  usual("secret-diff", ["secret diff"], secretDifferences),
  usual("secret-change", secretChanges, changed),
  {
    ...{ name: "failure", title: "what --json prints on standard error when a command fails" },
    ...{ commands: [], option: null, schema: failure },
  },
]

/** The JSON Schema (draft 2020-12) of a report. Fields that it does not name may come with a later version. */
export function jsonSchemaOf({ title, schema }: Report): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input", target: "draft-2020-12" })
  return { $schema, title, ...rest }
}
