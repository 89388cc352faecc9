import type { ResealPorts } from "../../reseal/run/ports.ts"
import type { CommandSession } from "../session.ts"
import { type AwsPlace, awsAccess, type CallRules } from "./aws.ts"

/**
 * The real world for a reseal.
 *
 * @param place where AWS is asked; `null` for a command without an environment.
 */
export async function makeResealPorts(
  { ports, log, deadline }: CommandSession,
  place: AwsPlace | null,
  allowInstanceRole: boolean,
): Promise<ResealPorts> {
  const [{ AwsImageStore }, { decompress }] = await Promise.all([
    import("../../adapters/aws/image-store.ts"),
    import("../../adapters/node/decompress.ts"),
  ])
  const remainingMs = () => deadline.remainingMs()
  const rules: CallRules = { log, activity: deadline.activity, remainingMs, allowInstanceRole }
  const { settings, credentials } = await awsAccess(place ?? { region: null, profile: null }, rules)
  return { sealing: ports, images: new AwsImageStore(settings, credentials), decompress }
}
