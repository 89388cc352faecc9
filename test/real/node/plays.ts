import type { Blob, OciImage } from "./oci.ts"
import { imageOf } from "./oci.ts"

/** What a container of a release does on the real node, by the image alone. */
export type NodePlay = keyof typeof scripts

/** What `envseal open` leaves when KMS does not let it decrypt. */
export const deniedMessage =
  "envseal: ACCESS_DENIED: this role may not decrypt with the key arn:aws:kms:eu-west-1:111122223333:key/1234"

/** What an app leaves that says more than a line. */
export const lastLines = [
  "PDOException in Connector.php line 70",
  "#0 artisan(33): handle()",
  "database refused",
]

const say = (text: string) => `printf '%s' '${text}' >/dev/termination-log`

const scripts = {
  /** Works, and ends when it is asked to. */
  works: "trap 'exit 0' TERM; touch /tmp/ready; while :; do sleep 1; done",
  /** `envseal open` may not decrypt. */
  denied: `${say(deniedMessage)}; exit 5`,
  /** `envseal open` gets no answer from KMS, for longer than a rollout settles by itself. */
  hangs: `sleep 12; ${say("envseal: TIMEOUT: KMS did not answer")}; exit 7`,
  /** Is ready for a moment, then ends: the kubelet hardly shows \`CrashLoopBackOff\`. */
  flashes: `touch /tmp/ready; sleep 2; ${say(lastLines.join("\n"))}; exit 1`,
} as const

/** @param n makes another image of the same play. */
export function playImage(layer: Blob, play: NodePlay, n = 0): OciImage {
  return imageOf(layer, ["sh", "-c", `: ${play} ${n}; ${scripts[play]}`])
}
