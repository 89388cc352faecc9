import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { bridge, cgroup, nodeAddress } from "./machine.ts"

/** The image of the process that holds a pod's namespaces. */
export const pauseImage = "docker.io/envseal-test/pause:1"

const pods = { subnet: "10.88.0.0/24", rangeStart: "10.88.0.10", gateway: nodeAddress }

/** What the settings of a node name. */
export interface NodeSettings {
  /** Of the node: its data, logs and sockets. */
  readonly folder: string
  /** Path of the PEM file of the authority that signs what the API server shows the kubelet. */
  readonly ca: string
  readonly kubeletPort: number
  /** A host of images that is another one here: images of `name` come from `http://at`. */
  readonly mirror: { readonly name: string; readonly at: string }
}

/** Writes the settings of containerd, of the network of pods and of the kubelet. */
export function writeNodeSettings(settings: NodeSettings): void {
  const { folder, mirror } = settings
  const hosts = join(folder, "certs.d", mirror.name)
  for (const path of [hosts, join(folder, "cni.d"), join(folder, "logs")])
    mkdirSync(path, { recursive: true })
  writeFileSync(join(folder, "containerd.toml"), containerdSettings(folder))
  writeFileSync(join(hosts, "hosts.toml"), hostsSettings(mirror.at))
  writeFileSync(join(folder, "cni.d/10.conflist"), JSON.stringify(networkSettings(folder)))
  writeFileSync(join(folder, "kubelet.json"), JSON.stringify(kubeletSettings(settings)))
}

// Of its plugins, those are left out that would look for what the machine has.
function containerdSettings(folder: string): string {
  return `version = 2
root = "${folder}/containerd"
state = "${folder}/containerd-state"
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.opt",
]
[grpc]
  address = "${folder}/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  stream_server_address = "127.0.0.1"
  disable_apparmor = true
  # Whoever runs this may not be allowed to spare a process more than itself.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${folder}/cni.d"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "${folder}/certs.d"
`
}

// Without \`server\`, what is not there is looked for under the real name.
function hostsSettings(at: string): string {
  return `server = "http://${at}"
[host."http://${at}"]
  capabilities = ["pull", "resolve"]
`
}

// No gateway of its own: that would switch on the machine's forwarding of packets.
function networkSettings(folder: string) {
  // Beyond the node's own network is the agent of EKS Pod Identity, which is at the node too.
  const routes = [{ dst: "0.0.0.0/0", gw: nodeAddress }]
  const ipam = { type: "host-local", dataDir: join(folder, "ipam"), ranges: [[pods]], routes }
  const plugin = { type: "bridge", bridge, isGateway: false, ipMasq: false, ipam }
  return { cniVersion: "1.0.0", name: "envseal", plugins: [plugin] }
}

function kubeletSettings({ folder, ca, kubeletPort }: NodeSettings) {
  return {
    ...{ apiVersion: "kubelet.config.k8s.io/v1beta1", kind: "KubeletConfiguration" },
    authentication: {
      ...{ anonymous: { enabled: false }, webhook: { enabled: false } },
      x509: { clientCAFile: ca },
    },
    authorization: { mode: "AlwaysAllow" },
    ...{ address: nodeAddress, port: kubeletPort, healthzPort: 0, readOnlyPort: 0 },
    ...{ failCgroupV1: false, cgroupDriver: "cgroupfs", cgroupRoot: `/${cgroup}`, failSwapOn: false },
    makeIPTablesUtilChains: false,
    // Without one, each pod gets a warning, which would hide others.
    clusterDNS: ["10.96.0.10"],
    containerRuntimeEndpoint: `unix://${folder}/containerd.sock`,
    ...{ podLogsDir: join(folder, "logs"), volumePluginDir: join(folder, "plugins") },
    evictionHard: { "nodefs.available": "1%", "imagefs.available": "1%", "memory.available": "50Mi" },
    imageGCHighThresholdPercent: 100,
  }
}
