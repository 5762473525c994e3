#!/usr/bin/env python3
"""Writes types.txt, the table of built-in types that the sandbox reads.

usage: make.py SWAGGER_JSON PROTO_FILE... > types.txt

SWAGGER_JSON is Kubernetes' published OpenAPI v2 document; the .proto files are the published
generated.proto of core/v1, apps/v1 and so on. One line per type:

    NAME FIELD[!]=KIND[#NUMBER] ...

`!` marks a required field, NUMBER is its protobuf number, KIND is one of s i n b bytes time micro
qty ios any TYPE TYPE~ (atomic) {KIND} {KIND}~ and [KIND|list type or map keys|patch merge key].
A field named `+` is a message whose fields stand inline in JSON.
"""
import json, re, sys

ROOTS = """
core.v1: Namespace Pod Service Endpoints ConfigMap Secret ServiceAccount Node Event PersistentVolume
 PersistentVolumeClaim ResourceQuota LimitRange ReplicationController PodTemplate
apps.v1: Deployment ReplicaSet StatefulSet DaemonSet ControllerRevision
batch.v1: Job CronJob
autoscaling.v1: HorizontalPodAutoscaler Scale
autoscaling.v2: HorizontalPodAutoscaler
policy.v1: PodDisruptionBudget
rbac.v1: Role ClusterRole RoleBinding ClusterRoleBinding
admissionregistration.v1: MutatingWebhookConfiguration ValidatingWebhookConfiguration
discovery.v1: EndpointSlice
coordination.v1: Lease
networking.v1: Ingress IngressClass NetworkPolicy ServiceCIDR IPAddress
storage.v1: StorageClass
scheduling.v1: PriorityClass
events.v1: Event
authorization.v1: SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview LocalSubjectAccessReview
authentication.v1: SelfSubjectReview TokenReview TokenRequest
apiextensions.v1: CustomResourceDefinition
apiregistration.v1: APIService
meta.v1: DeleteOptions ObjectMeta Status
"""
LEAF = {"Quantity": "qty", "Time": "time", "MicroTime": "micro", "IntOrString": "ios",
        "RawExtension": "any", "FieldsV1": "any", "JSON": "any", "JSONSchemaPropsOrBool": "any",
        "JSONSchemaPropsOrArray": "any", "JSONSchemaPropsOrStringArray": "any", "Patch": "any"}

def short(full):
    parts = full.split(".")
    return f"{parts[-3]}.{parts[-2]}.{parts[-1]}"

def protos(paths):
    found = {}
    for path in paths:
        text = re.sub(r"//.*", "", open(path).read())
        package = short(re.search(r"package ([\w.]+);", text).group(1) + ".X")[:-2]
        for name, body in re.findall(r"message (\w+) \{(.*?)\n\}", text, re.S):
            fields = re.findall(r"(?:optional|repeated|map<[^>]*>)?\s*([\w.<>, ]+?)\s+(\w+) = (\d+);", body)
            found[f"{package}.{name}"] = {
                f[0].lower() + f[1:]: (t.split()[-1].split(".")[-1], n) for t, f, n in fields}
    return found

def main():
    definitions = json.load(open(sys.argv[1]))["definitions"]
    by_short = {short(k): v for k, v in definitions.items() if k.count(".") > 3}
    messages = protos(sys.argv[2:])
    done, queue = {}, []
    for line in ROOTS.replace("\n ", " ").strip().splitlines():
        group, names = line.split(": ")
        queue += [f"{group}.{name}" for name in names.split()]

    def kind(schema, of):
        if "$ref" in schema:
            name = short(schema["$ref"].split("/")[-1])
            last = name.split(".")[-1]
            if last in LEAF:
                return LEAF[last]
            queue.append(name)
            target = by_short[name]
            atomic = "atomic" in (schema.get("x-kubernetes-map-type"), target.get("x-kubernetes-map-type"))
            return name + ("~" if atomic else "")
        what = schema.get("type")
        if what == "array":
            listing = schema.get("x-kubernetes-list-type", "")
            keys = ",".join(schema.get("x-kubernetes-list-map-keys", [])) or ("set" if listing == "set" else "")
            merge = schema.get("x-kubernetes-patch-merge-key", "")
            if "merge" in schema.get("x-kubernetes-patch-strategy", "") and not merge:
                merge = "set"
            return f"[{kind(schema['items'], of)}|{keys}|{merge}]"
        if what == "object":
            inner = kind(schema["additionalProperties"], of) if "additionalProperties" in schema else "any"
            return "{" + inner + "}" + ("~" if schema.get("x-kubernetes-map-type") == "atomic" else "")
        if what == "string":
            form = schema.get("format")
            return {"byte": "bytes", "int-or-string": "ios"}.get(form, "s")
        return {"integer": "i", "number": "n", "boolean": "b"}.get(what, "any")

    while queue:
        name = queue.pop(0)
        if name in done or name not in by_short:
            continue
        definition, numbers = by_short[name], messages.get(name, {})
        required = definition.get("required", [])
        fields = []
        for field, schema in sorted(definition.get("properties", {}).items()):
            number = f"#{numbers[field][1]}" if field in numbers else ""
            fields.append(f"{field}{'!' if field in required else ''}={kind(schema, name)}{number}")
        for field, (message, number) in numbers.items():
            if field not in definition.get("properties", {}):
                inner = f"{name.rsplit('.', 1)[0]}.{message}"
                props = definition.get("properties", {})
                lines = [f"{f}={kind(props[f], inner)}#{n}" for f, (_, n) in messages.get(inner, {}).items() if f in props]
                if lines:
                    fields.append(f"+={inner}#{number}")
                    if inner in by_short:
                        queue.append(inner)
                    else:
                        done.setdefault(inner, " ".join(lines))
        done[name] = " ".join(fields)
    print("# Built-in types of Kubernetes 1.36, written by make.py from its OpenAPI and protobuf documents.")
    for name in sorted(done):
        print(f"{name} {done[name]}".rstrip())

main()
