import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Manifest } from "../../real/cluster/workloads.ts"
import { openingParts } from "../../real/node/pod-identity.ts"
import { pullSecret } from "../../real/node/workload.ts"

/** How the app of a pod comes by its configuration. */
export type Contender = "envseal" | "secret"

/** Of all pods here. */
export const namespace = "bench"
/** The Kubernetes Secret with the same `.env`, for pods without envseal. */
export const plainSecret = "dotenv"
/** The role of the pods that open. */
export const role = "pod"

const command = ["php-fpm", "--fpm-config", "/usr/local/etc/app-fpm.conf"]

/** What a pod is made of, beside who it is. */
export interface PodInit {
  readonly name: string
  readonly image: string
  readonly awsUrl: string
}

/**
 * A pod of docker/Dockerfile's image as docker/kubernetes/web.yaml has it, with php-fpm and one who asks it in the place of
 * nginx.
 */
export function makePod(contender: Contender, init: PodInit): Manifest {
  const code = readFileSync(join(import.meta.dirname, "first-answer.php"), "utf8").replace("<?php", "")
  const { pod, app } = podParts(contender, init)
  // The kubelet starts it first, and tells of it first.
  const answer = { name: "answer", image: init.image, command: ["php", "-n", "-r", code] }
  return {
    ...{ apiVersion: "v1", kind: "Pod", metadata: { namespace, name: init.name } },
    spec: { ...pod, restartPolicy: "Never", terminationGracePeriodSeconds: 0, containers: [answer, app] },
  }
}

/**
 * Pod and container of the app. Without envseal, the image's other half starts at once, and the `.env` is a file of a
 * Kubernetes Secret.
 */
export function podParts(contender: Contender, { image, awsUrl }: PodInit) {
  const { pod, container } = openingParts("pod-identity", role, awsUrl)
  const volumeMounts = [
    ...(container["volumeMounts"] as readonly object[]),
    { name: "storage", mountPath: "/var/www/html/storage" },
  ]
  const volumes = [
    ...(pod["volumes"] as readonly object[]),
    { name: "storage", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
  ]
  const parts = {
    pod: {
      ...{ automountServiceAccountToken: false, enableServiceLinks: false, ...pod },
      ...{ imagePullSecrets: [{ name: pullSecret }], volumes },
    },
    app: { name: "app", image, ...container, args: command, volumeMounts },
  }
  if (contender === "envseal") return parts
  const file = { name: "plain", mountPath: "/run/envseal/.env", subPath: ".env", readOnly: true }
  return {
    pod: { ...parts.pod, volumes: [...volumes, { name: "plain", secret: { secretName: plainSecret } }] },
    app: { ...parts.app, command: ["boot"], volumeMounts: [...volumeMounts, file] },
  }
}

/** The objects that the pods need, beside their service account. */
export function makePlainSecret(dotenv: string): Manifest {
  return {
    ...{ apiVersion: "v1", kind: "Secret", metadata: { namespace, name: plainSecret } },
    stringData: { ".env": dotenv },
  }
}
