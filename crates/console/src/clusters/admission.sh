# Kubernetes fills in the Secret after a moment.
TOKEN=
for TRY in 1 2 3 4 5 6 7 8 9 10; do
  TOKEN=$(kubectl --namespace meshspan get secret meshspan-token --output jsonpath='{.data.token}' | base64 --decode)
  if [ -n "$TOKEN" ]; then break; fi
  sleep 1
done

# The name, address and CA of the cluster, as kubectl connects to it now.
NAME=$(kubectl config view --minify --output jsonpath='{.clusters[0].name}')
SERVER=$(kubectl config view --minify --output jsonpath='{.clusters[0].cluster.server}')
CA_DATA=$(kubectl config view --minify --raw --flatten --output jsonpath='{.clusters[0].cluster.certificate-authority-data}')
if [ -z "$CA_DATA" ]; then
  CA_DATA=$(kubectl --namespace meshspan get secret meshspan-token --output jsonpath='{.data.ca\.crt}')
fi

# The kubeconfig. It grants all permissions above.
cat <<END
apiVersion: v1
kind: Config
clusters:
- name: "$NAME"
  cluster:
    server: $SERVER
    certificate-authority-data: $CA_DATA
users:
- name: meshspan
  user:
    token: $TOKEN
contexts:
- name: "$NAME"
  context:
    cluster: "$NAME"
    user: meshspan
current-context: "$NAME"
END
