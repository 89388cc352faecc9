import { type OptionWords, optionWords } from "./option-words.ts"

/** The options of `envseal open` that take a value; a test compares them with its command. */
const valued =
  "--in --out,-o --config --environment,-e --expect --identity,-i --kms-key --mode --owner --profile --region --timeout"

/** What `envseal open` is given before `--`: its options, and the environment, which may stand before them. */
export function openWords(args: readonly string[]): OptionWords {
  const end = args.indexOf("--")
  return optionWords(valued, end < 0 ? args : args.slice(0, end), () => true)
}
