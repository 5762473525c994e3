#!/bin/sh
# Writes the golden files anew: record.sh HELM, with Helm 3.17.2, the version that the engine follows.
set -eu
helm=$1
cd "$(dirname "$0")"
for values in *.values.yaml; do
  case=${values%.values.yaml}
  chart=${case%-with-everything}
  case $chart in bookinfo*) namespace=bookinfo ;; *) namespace=istio-system ;; esac
  # Hooks are no part of what `helm get manifest` shows.
  "$helm" template "$chart" "../../charts/$chart" --namespace $namespace --values "$values" --no-hooks \
    --kube-version 1.36.3 --api-versions policy/v1 --api-versions autoscaling/v2 > "$case.yaml"
done
