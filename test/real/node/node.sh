#!/usr/bin/env bash
# `node.sh FOLDER NAME ADDRESS KUBECONFIG KUBELET` is a node of Kubernetes: containerd, and the kubelet in the
# foreground. It runs as process 1 of its own namespaces of mounts and processes, so that all of it ends with it, and
# nothing that it mounts or writes under /run and /var is the machine's.
set -euo pipefail
folder=$1 name=$2 address=$3 kubeconfig=$4 kubelet=$5
socket=$folder/containerd.sock

mount --make-rprivate /
for place in /run /var/lib /var/log; do mount -t tmpfs -o mode=755 tmpfs "$place"; done

# The kubelet sets these for the whole machine when they are not as it wants them: it finds them so, and writes to files.
for pair in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
  setting=${pair%=*}
  wanted=/run/${setting//\//.}
  echo "${pair#*=}" >"$wanted"
  mount --bind "$wanted" "/proc/sys/$setting"
done

# What a node that was killed has left of its socket answers nobody.
rm -f "$socket"
containerd --config "$folder/containerd.toml" &
for _ in $(seq 300); do
  ctr -a "$socket" version >/dev/null 2>&1 && break
  sleep 0.1
done
ctr -a "$socket" -n k8s.io images import "$folder/pause.tar"
"$kubelet" --config="$folder/kubelet.json" --kubeconfig="$kubeconfig" --hostname-override="$name" \
  --node-ip="$address" --root-dir="$folder/kubelet" --cert-dir="$folder/certs" &
# A node of which one half has ended is none.
wait -n
