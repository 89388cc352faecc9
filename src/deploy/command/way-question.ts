import { constants } from "node:os"
import { answerIsNo } from "../../cli/exit.ts"
import { makeLog } from "../../cli/log.ts"
import type { CommonOptions } from "../../cli/options.ts"
import { writeStderr } from "../../cli/output.ts"
import { stderrColumns } from "../../cli/terminal-size.ts"
import { wrap } from "../../cli/wrap.ts"
import { printableLine } from "../../core/text.ts"
import type { BackStep } from "../core/plan.ts"
import type { Run } from "../run/performer.ts"
import type { DeployPorts } from "../run/ports.ts"

type Answer =
  /** @property agreed `null` when nobody was asked. */
  | { readonly type: "yes"; readonly agreed: readonly BackStep[] | null }
  /** @property status what the process ends with. */
  | { readonly type: "no"; readonly status: number }

/**
 * Says where a rollback leads, and asks somebody at a terminal whether to do it. Nothing is asked where nobody is
 * there to answer.
 *
 * @throws EnvsealError as `findWayBack`, before it asks.
 */
export async function askWay(
  run: Run,
  options: CommonOptions & { readonly asks: boolean },
  ports: DeployPorts,
): Promise<Answer> {
  const { canAsk, confirmed, Interrupted } = await import("../../cli/ask.ts")
  if (!options.asks || options.json === true || !canAsk()) return { type: "yes", agreed: null }
  const [{ here }, { findWayBack }, { wayWords }] = await Promise.all([
    import("../../cli/here.ts"),
    import("../run/way-back.ts"),
    import("../view/release-words.ts"),
  ])
  const agreed = await findWayBack(run, ports)
  const lines = wayWords(agreed, here()).flatMap((line) =>
    wrap(line, { columns: stderrColumns(), indent: "       " }),
  )
  writeStderr(lines.map((line) => `${printableLine(line)}\n`).join(""))
  const log = makeLog(options)
  try {
    if (await confirmed(`Roll ${run.plan.environment} back?`)) return { type: "yes", agreed }
    log.note("nothing was changed")
    return { type: "no", status: answerIsNo }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    log.note("interrupted; nothing was changed")
    return { type: "no", status: 128 + constants.signals.SIGINT }
  }
}
