import { templateFiles } from "./template-files.ts"
import { replaceNames } from "./template-text.ts"
import { usualWorker, workerStop } from "./worker-lines.ts"

/** Workloads that only some apps have. */
export const moreParts = ["reverb", "pulse", "pulse-work"] as const

/** One of {@link moreParts}. */
export type MorePart = (typeof moreParts)[number]

const title = "# A queue worker: the same image with another command. web.yaml explains the rest.\n"
const replicas = "  replicas: 1\n"
const grace = `      # Longer than the longest job, or a job is cut off and comes again.
      terminationGracePeriodSeconds: 120
`
const command = `          # args, not command: that would take the place of \`envseal open\`. ${usualWorker}${workerStop}          env:
`
const probe = `          # A worker listens nowhere, and one that ends is started again. What can be asked: whether process 1 is the
          # worker yet. Until then it is \`envseal open\`, then boot.sh; without this, a pod would count as ready at once.
          startupProbe:
            exec: { command: ["grep", "-qx", "php", "/proc/1/comm"] }
            periodSeconds: 1
            timeoutSeconds: 5
            failureThreshold: 60
`

/** The manifest of a part, with the example's names but its own. */
export function morePods(part: MorePart): string {
  const named = { "shop-worker": `shop-${part}`, "part: worker": `part: ${part}` }
  if (part === "reverb") return replaceNames(templateFiles.worker, { ...named, ...reverb }) + reverbService
  return replaceNames(templateFiles.worker, { ...named, ...pulse(part) })
}

const reverb = {
  [title]: `# Reverb, the server of WebSockets: the same image with another command. web.yaml explains the rest. What leads to the app
# from outside sends /app and /apps here. REVERB_HOST, REVERB_PORT and REVERB_SCHEME in the secret say where that is.
`,
  [replicas]: `  # More than one need Redis between them: REVERB_SCALING_ENABLED=true in the secret.
  replicas: 1
`,
  [grace]: `      # On SIGTERM it closes all connections, which come again, to another pod.
      terminationGracePeriodSeconds: 30
`,
  [command]: `          # args, not command: that would take the place of \`envseal open\`.
          args: ["php", "artisan", "reverb:start", "--host=0.0.0.0", "--port=8080"]
          ports:
            - { name: websocket, containerPort: 8080 }
          lifecycle:
            # Once no new connection comes here any more. Reverb takes this signal, whatever the image is stopped with.
            preStop:
              exec: { command: ["sh", "-c", "sleep 5; kill -TERM 1"] }
          env:
`,
  [probe]: `          # Its own route, which says that it takes events. With REVERB_SERVER_PATH, that goes before it.
          startupProbe:
            httpGet: { path: /up, port: websocket }
            periodSeconds: 1
            timeoutSeconds: 5
            failureThreshold: 60
          readinessProbe:
            httpGet: { path: /up, port: websocket }
            periodSeconds: 5
            timeoutSeconds: 3
          # One process answers everybody: when it hangs, nobody is answered.
          livenessProbe:
            httpGet: { path: /up, port: websocket }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
`,
  "requests: { cpu: 50m, memory: 128Mi }": "requests: { cpu: 100m, memory: 128Mi }",
}

const reverbService = `---
apiVersion: v1
kind: Service
metadata:
  name: shop-reverb
  namespace: shop-production
spec:
  selector: { app: shop, part: reverb }
  ports:
    - { port: 80, targetPort: websocket }
`

const pulseTitles = {
  pulse: `# Pulse's own recorders, by pulse:check: the same image with another command. web.yaml explains the rest. One pod is
# enough: what requests and jobs show is recorded where they run.
`,
  "pulse-work": `# What brings Pulse's entries from Redis into the database, by pulse:work: the same image with another command. web.yaml
# explains the rest.
`,
} as const

function pulse(part: "pulse" | "pulse-work"): Readonly<Record<string, string>> {
  const artisan = { pulse: "pulse:check", "pulse-work": "pulse:work" }[part]
  return {
    [title]: pulseTitles[part],
    [grace]: `      terminationGracePeriodSeconds: 30
`,
    [command]: `          # args, not command: that would take the place of \`envseal open\`. Pulse takes no signal, and as process 1 it
          # would get none: a shell is, and ends it. What it writes is one transaction.
          args: ["sh", "-c", "trap 'kill $!; exit 143' TERM QUIT; php artisan ${artisan} & wait $!"]
          env:
${part === "pulse" ? `            # Or else every pod that ever was is a server on the dashboard.\n            - { name: PULSE_SERVER_NAME, value: "shop" }\n` : ""}`,
    [probe]: `          # It listens nowhere. What can be asked: whether process 1 is its shell yet. Until then it is \`envseal open\`, then
          # boot.sh.
          startupProbe:
            exec: { command: ["grep", "-qx", "sh", "/proc/1/comm"] }
            periodSeconds: 1
            timeoutSeconds: 5
            failureThreshold: 60
`,
    "limits: { memory: 512Mi }": "limits: { memory: 384Mi }",
  }
}
