import type { Ports } from "../app/ports.ts"
import { Deadline } from "./deadline.ts"
import { type CommandTalk, makeTalk, type TalkOptions } from "./talk.ts"
import { makePorts } from "./wiring.ts"

/** Options of the commands that may ask AWS. */
export interface RemoteOptions {
  readonly timeout?: number
  readonly allowInstanceRole?: boolean
}

/** What every command works with. */
export interface Session {
  readonly talk: CommandTalk
  readonly ports: Ports
  readonly deadline: Deadline
}

/** For the commands that take no `--timeout`: they ask no remote. */
const noTimeoutMs = 60_000

export async function startSession(options: TalkOptions & RemoteOptions): Promise<Session> {
  const talk = makeTalk(options)
  const deadline = new Deadline(options.timeout ?? noTimeoutMs)
  const allowInstanceRole = options.allowInstanceRole ?? false
  return { talk, deadline, ports: await makePorts({ talk, deadline, allowInstanceRole }) }
}
