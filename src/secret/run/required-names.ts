import { readRequired } from "../../seal/run/required-names.ts"
import type { EditorPorts } from "./ports.ts"
import type { ChosenSecret } from "./target.ts"

/**
 * The names that this secret must have. Where an environment has several secrets, nobody knows which of them is to have a
 * name: then there are none.
 *
 * @throws EnvsealError `INPUT_UNREADABLE`, `INPUT_TOO_LARGE` or `DOTENV_MALFORMED` for the file that requires them.
 */
export async function requiredNames(
  { settings }: ChosenSecret,
  { sealing }: Pick<EditorPorts, "sealing">,
): Promise<readonly string[]> {
  if (settings.secrets.length !== 1) return []
  const required = await readRequired(settings.require, sealing)
  return [...(required?.wanted ?? [])].filter((name) => !settings.setEnv.includes(name))
}
