# The first process of a node: prepares its mounts, and runs containerd, kubelet and kube-proxy until it
# is killed. Arguments: the folder of the node, the folder of the programs, the images that every pod
# needs, and then the other images.
set -e
folder=$1 programs=$2 base=$3
shift 3
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p /run/netns /run/lock
for path in /var/lib/cni /var/lib/kubelet; do
    mkdir -p "$path"
    mount -t tmpfs tmpfs "$path"
done
mount --bind "$folder/log" /var/log
# The kubelet sets parameters that belong to the whole machine; here it writes to files.
for file in vm/overcommit_memory kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys \
    kernel/keys/root_maxbytes; do
    copy=$folder/kernel/$(echo "$file" | tr / _)
    cat "/proc/sys/$file" > "$copy"
    mount --bind "$copy" "/proc/sys/$file"
done
mount --make-rshared /

# Runs a program, and again one second after it has ended.
keep_running() {
    name=$1
    shift
    while :; do
        "$@" >> "$folder/$name.log" 2>&1 || true
        sleep 1
    done
}

import() {
    ctr --namespace k8s.io images import "$1" >> "$folder/import.log" 2>&1
}

keep_running containerd containerd --config "$folder/containerd.toml" &
until ctr version > /dev/null 2>&1; do sleep 0.1; done
import "$base"
until [ -e "$folder/api-server-is-ready" ]; do sleep 0.05; done
keep_running kubelet "$programs/kubelet" --config "$folder/kubelet.json" \
    --kubeconfig "$folder/kubelet.kubeconfig" --hostname-override "$(basename "$folder")" \
    --node-ip "$(cat "$folder/address")" --root-dir "$folder/kubelet" --cert-dir "$folder/kubelet-pki" \
    --runtime-cgroups / --kubelet-cgroups / &
for image; do import "$image"; done
touch "$folder/images-are-imported"
# kube-proxy waits ever longer for its Node, so it starts when the Node exists.
until [ -e "$folder/cni/lab.conflist" ]; do sleep 0.05; done
keep_running kube-proxy "$programs/kube-proxy" --config "$folder/kube-proxy.json" &
wait
