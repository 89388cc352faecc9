#!/usr/bin/env bash
# A deploy as teams script it: start the build, ask for it every 30 seconds, set the image, wait for the rollouts one
# after the other.
#
#   deploy-script.sh PROJECT NAMESPACE WORKLOAD...
set -euo pipefail
project=$1
namespace=$2
shift 2

build=$(aws codebuild start-build --project-name "$project" --query build.id --output text)

while true; do
  sleep 30
  status=$(aws codebuild batch-get-builds --ids "$build" --query 'builds[0].buildStatus' --output text)
  case $status in
    SUCCEEDED) break ;;
    IN_PROGRESS) ;;
    *) echo "build $build: $status" >&2; exit 1 ;;
  esac
done

image=$(aws codebuild batch-get-builds --ids "$build" --output text \
  --query "builds[0].exportedEnvironmentVariables[?name=='ENVSEAL_IMAGE'].value | [0]")
kubectl --namespace "$namespace" set image "$@" "app=$image"

for workload in "$@"; do
  # A CronJob has nothing to wait for.
  [[ $workload == cronjob/* ]] || kubectl --namespace "$namespace" rollout status "$workload"
done
