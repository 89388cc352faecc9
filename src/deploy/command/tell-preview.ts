import { exitStatusOf } from "../../cli/exit.ts"
import { reportFailure } from "../../cli/failure.ts"
import { here } from "../../cli/here.ts"
import { makeLog } from "../../cli/log.ts"
import { printJson, printPainted, stdoutColumns } from "../../cli/output.ts"
import { makePreviewPorts } from "../../cli/wiring/deploy.ts"
import type { Start } from "../core/plan.ts"
import { errorOf } from "../run/failure.ts"
import { previewDeploy } from "../run/preview.ts"
import { previewLines } from "../view/preview.ts"
import { makeRun, type RequestedBuild, type RunOptions, resolveStart, settingsFor } from "./run-deploy.ts"

/**
 * Tells what a deploy would do.
 *
 * @returns the exit status: 0, or that of the first thing that could not be asked.
 * @throws EnvsealError as the deploy would, before it begins.
 */
export async function tellPreview(
  environment: string,
  options: RunOptions & { readonly names: boolean },
  wanted: Extract<Start, { type: "image" | "reseal" }> | RequestedBuild,
): Promise<number> {
  const { json = false, names } = options
  const settings = await settingsFor(environment, options, wanted)
  const ports = await makePreviewPorts(settings, makeLog(options), { names })
  const start = wanted.type === "source" ? await resolveStart(wanted, settings, ports) : wanted
  const run = await makeRun(settings, start, options, ports)
  // Ctrl-C ends the process: there is nothing to be given back.
  const preview = await previewDeploy({ ...run, settings }, ports, new AbortController().signal)
  if (json) printJson({ at: new Date().toISOString(), ...preview })
  else printPainted(previewLines(preview, stdoutColumns(), here()))
  for (const failure of preview.failures) reportFailure(errorOf(failure), json)
  const [failure] = preview.failures
  return failure === undefined ? 0 : exitStatusOf[failure.code]
}
