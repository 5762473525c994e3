# One mesh of current Istio on two clusters with nothing but helm, kubectl and curl: the state that the guided
# steps of the console reach, waiting for the same conditions.
# Arguments: helm, kubectl, the kubeconfigs of primary and remote, the URL of Istio's charts, a version, the
# folder of the charts of this project. Prints the milliseconds from the first command to the whole page.
set -euo pipefail
helm=$1 kubectl=$2 east=$3 west=$4 charts=$5 version=$6 own=$7
started=$(date +%s%N)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

primary() { "$helm" --kubeconfig "$east" install "$1" "${2/#istio:/$work/}" -n "$3" --wait --timeout 3m "${@:4}" >/dev/null; }
remote() { "$helm" --kubeconfig "$west" install "$1" "${2/#istio:/$work/}" -n "$3" --wait --timeout 3m "${@:4}" >/dev/null; }
until_true() {
  for _ in $(seq 600); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.2
  done
  echo "gave up: $*" >&2
  exit 1
}

for chart in base istiod gateway; do
  "$helm" pull "$chart" --repo "$charts" --version "$version" -d "$work"
  mv "$work/$chart-$version.tgz" "$work/$chart"
done

# The control plane, then its gateways.
primary istio-base istio:base istio-system --create-namespace --set global.externalIstiod=true
primary istiod istio:istiod istio-system --set global.externalIstiod=true,global.hub=docker.io/istio,global.meshID=east \
  --set global.multiCluster.clusterName=east,telemetry.enabled=false,resources.requests.cpu=10m,resources.requests.memory=128Mi \
  --set-string env.PILOT_ENABLE_METADATA_EXCHANGE=false,env.PILOT_ENABLE_ALPN_FILTER=false
# A gateway gets its image from the injection webhook, which the API server has to reach first.
injects() {
  "$kubectl" --kubeconfig "$east" create --dry-run=server -o 'jsonpath={.spec.containers[*].image}' -f - <<EOF | grep -q proxyv2
apiVersion: v1
kind: Pod
metadata:
  name: istio-injection-dry-run
  namespace: istio-system
  labels: {sidecar.istio.io/inject: "true"}
  annotations: {inject.istio.io/templates: gateway}
spec: {containers: [{name: istio-proxy, image: auto}]}
EOF
}
until_true injects
gateway='imagePullPolicy=IfNotPresent,resources.requests.cpu=10m,resources.requests.memory=64Mi'
port() { echo "service.ports[$1].name=$2,service.ports[$1].port=$3,service.ports[$1].targetPort=$3,service.ports[$1].protocol=TCP"; }
primary istio-ingressgateway istio:gateway istio-system --set "$gateway,labels.istio=ingressgateway" &
ingress=$!
primary istio-eastwestgateway istio:gateway istio-system --set "$gateway,labels.istio=eastwestgateway" \
  --set "$(port 0 status-port 15021),$(port 1 tls-istiod 15012),$(port 2 tls-webhook 15017)"
wait $ingress
primary expose-istiod "$own/bundles/parts/expose-istiod" istio-system
address() { "$kubectl" --kubeconfig "$east" get service "$1" -n istio-system -o 'jsonpath={.status.loadBalancer.ingress[0].ip}'; }
has_address() { [ -n "$(address "$1")" ]; }
until_true has_address istio-eastwestgateway
until_true has_address istio-ingressgateway

# The remote: its charts, and what istiod reads it with.
remote istio-base istio:base istio-system --create-namespace --set profile=remote
"$kubectl" --kubeconfig "$west" annotate namespace istio-system topology.istio.io/controlPlaneClusters=east >/dev/null
remote istiod istio:istiod istio-system --set profile=remote,global.hub=docker.io/istio,global.meshID=east \
  --set "global.multiCluster.clusterName=west,global.remotePilotAddress=$(address istio-eastwestgateway)" \
  --set istiodRemote.injectionPath=/inject/cluster/west
"$kubectl" --kubeconfig "$west" apply -n istio-system -f - >/dev/null <<EOF
apiVersion: v1
kind: Secret
metadata:
  name: istio-reader-token
  annotations: {kubernetes.io/service-account.name: istio-reader-service-account}
type: kubernetes.io/service-account-token
EOF
token() { "$kubectl" --kubeconfig "$west" get secret istio-reader-token -n istio-system -o "jsonpath={.data.$1}"; }
has_token() { [ -n "$(token token)" ]; }
until_true has_token
server=$("$kubectl" --kubeconfig "$west" config view --minify -o 'jsonpath={.clusters[0].cluster.server}')
cat >"$work/west" <<EOF
apiVersion: v1
kind: Config
clusters: [{name: west, cluster: {server: "$server", certificate-authority-data: $(token 'ca\.crt')}}]
users: [{name: west, user: {token: $(token token | base64 -d)}}]
contexts: [{name: west, context: {cluster: west, user: west}}]
current-context: west
EOF
"$kubectl" --kubeconfig "$east" create secret generic istio-remote-secret-west -n istio-system --from-file "west=$work/west" >/dev/null
"$kubectl" --kubeconfig "$east" annotate secret istio-remote-secret-west -n istio-system networking.istio.io/cluster=west >/dev/null
"$kubectl" --kubeconfig "$east" label secret istio-remote-secret-west -n istio-system istio/multiCluster=true >/dev/null

# The sample: everything on the primary but details, which runs on the remote.
for kubeconfig in "$east" "$west"; do
  "$kubectl" --kubeconfig "$kubeconfig" create namespace bookinfo >/dev/null
  "$kubectl" --kubeconfig "$kubeconfig" label namespace bookinfo istio-injection=enabled >/dev/null
done
primary bookinfo "$own/charts/bookinfo" bookinfo
remote bookinfo-details "$own/charts/bookinfo-details" bookinfo
whole() { curl -sf -m 5 "http://$(address istio-ingressgateway)/productpage" | grep -q "Book Details"; }
until_true whole
echo "$(( ($(date +%s%N) - started) / 1000000 ))"
