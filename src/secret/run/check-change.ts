import { EnvsealError } from "../../core/error.ts"
import type { Secret } from "../../core/secret.ts"
import { encodeUtf8, nameList } from "../../core/text.ts"
import { type AssembleRequest, assemble } from "../../seal/run/assemble.ts"
import { parseSource, type Source } from "../../seal/run/source.ts"
import type { HeldVersion } from "./held-version.ts"
import type { EditorPorts } from "./ports.ts"
import type { ChosenSecret } from "./target.ts"

export type Nested = AssembleRequest["nested"]

/** What Secrets Manager keeps in one version (API reference, "PutSecretValue"). */
const maxBytes = 65_536

/**
 * All that `seal` would check once this were the secret, with the other secrets of the environment beside it. Names that
 * are required and were not there before are no reason to refuse a step on the way, and are warned of.
 *
 * @throws EnvsealError `SECRET_REFUSED`, `SECRET_MALFORMED` or `INPUT_TOO_LARGE`.
 */
export async function checkText(
  text: Secret,
  {
    target,
    base,
    nested,
  }: { readonly target: ChosenSecret; readonly base: HeldVersion | null; readonly nested: Nested },
  { sealing }: Pick<EditorPorts, "sealing">,
): Promise<void> {
  const bytes = encodeUtf8(text.reveal())
  if (bytes.length > maxBytes) {
    throw new EnvsealError(
      "INPUT_TOO_LARGE",
      `the secret ${target.id} would have ${bytes.length} bytes, and Secrets Manager keeps ${maxBytes}`,
      { hint: "put what is large, such as a certificate, into a second secret of the environment" },
    )
  }
  const { settings } = target
  const request: AssembleRequest = {
    from: sourcesWith(target, bytes),
    require: settings.require,
    setEnv: [],
    nested,
    elsewhere: settings.setEnv,
  }
  try {
    await assemble(request, sealing)
  } catch (error) {
    const missing = onlyMissing(error)
    const there = new Set(base?.entries.map(({ name }) => name))
    if (missing.length === 0 || missing.some((name) => there.has(name))) throw error
    await assemble({ ...request, elsewhere: [...settings.setEnv, ...missing] }, sealing)
    sealing.log.warn(`still missing, and required by ${settings.require?.file}: ${nameList(missing, 10)}`)
  }
}

function sourcesWith({ settings, at }: ChosenSecret, bytes: Uint8Array): Source[] {
  return settings.secrets.map((secret, index) =>
    index === at ? { type: "inline", bytes } : parseSource(`aws-sm:${secret}`, settings.place),
  )
}

/** The names that are missing, where nothing else is wrong. */
function onlyMissing(error: unknown): readonly string[] {
  if (!(error instanceof EnvsealError) || error.code !== "SECRET_REFUSED") return []
  const { problems } = error
  return problems.every(({ code }) => code === "MISSING_NAME") ? problems.map(({ name }) => name) : []
}
