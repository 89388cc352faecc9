import { rightsOf, roleRules } from "../../../src/deploy/run/rights.ts"
import { shopRepository } from "../../fake/aws/deploy-world.ts"
import { account, region } from "../../fake/aws/world.ts"
import { contextName } from "../../real/cluster/kubeconfig.ts"
import type { Manifest } from "../../real/cluster/workloads.ts"
import { namespace, type PodInit, podParts } from "../pod/pods.ts"

/** How many pods a rollout brings. */
export const replicas = 2

/** Who deploys, to the cluster. */
export const user = "deployer"

const group = "rbac.authorization.k8s.io"

/** The web app of docker/kubernetes, whose php-fpm is asked by the kubelet alone. */
export function makeWeb(init: PodInit): Manifest {
  const labels = { app: init.name }
  const code = "exit((int) !@fsockopen('127.0.0.1', 9000));"
  const probe = { exec: { command: ["php", "-n", "-r", code] }, periodSeconds: 1, timeoutSeconds: 5 }
  const { pod, app } = podParts("envseal", init)
  return {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { namespace, name: init.name } },
    spec: {
      ...{ replicas, progressDeadlineSeconds: 180, selector: { matchLabels: labels } },
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: { metadata: { labels }, spec: { ...pod, containers: [{ ...app, readinessProbe: probe }] } },
    },
  }
}

/** What lets the deployer change it, and no more. */
export function makeRights(): readonly Manifest[] {
  const metadata = { name: "envseal", namespace }
  const apiVersion = `${group}/v1`
  const workloads = [{ kind: "Deployment", name: "web" }] as const
  const rules = roleRules(rightsOf({ workloads, hooks: false, lease: "envseal-shop-production" }))
  return [
    { apiVersion, kind: "Role", metadata, rules },
    {
      ...{ apiVersion, kind: "RoleBinding", metadata },
      roleRef: { apiGroup: group, kind: "Role", name: metadata.name },
      subjects: [{ apiGroup: group, kind: "User", name: user }],
    },
  ]
}

/** The settings of the environment. JSON is YAML too. */
export function settingsText(): string {
  const environment = {
    ...{ account, region, secret: "shop/production" },
    build: { project: "shop", source: "main" },
    image: { repository: shopRepository },
    cluster: { context: contextName, namespace },
    workloads: ["deployment/web"],
  }
  return JSON.stringify({ version: 1, app: "shop", environments: { production: environment } }, null, 2)
}
