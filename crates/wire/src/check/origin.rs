//! The source of an address range, as an argument of a finding.

/// Where an address range comes from: the value of an argument `source` or `other_source`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RangeOrigin {
    /// This operator typed it.
    Operator(String),
    /// An IP pool of the network plugin.
    NetworkPlugin,
    /// The flag `--cluster-cidr` or kubeadm's configuration.
    ClusterCidr,
    /// `ServiceCIDR` objects.
    ServiceCidr,
    /// The message of an API server that rejects an address outside of the range.
    ApiServer,
    /// The `podCIDRs` of the nodes.
    Nodes,
    /// The addresses of running pods.
    Pods,
}

const OPERATOR: &str = "operator:";

impl RangeOrigin {
    /// The value of the argument.
    pub fn value(&self) -> String {
        match self {
            Self::Operator(name) => format!("{OPERATOR}{name}"),
            Self::NetworkPlugin => "network-plugin".to_owned(),
            Self::ClusterCidr => "cluster-cidr".to_owned(),
            Self::ServiceCidr => "service-cidr".to_owned(),
            Self::ApiServer => "api-server".to_owned(),
            Self::Nodes => "nodes".to_owned(),
            Self::Pods => "pods".to_owned(),
        }
    }

    /// The origin that an argument names; none for any other value.
    pub fn parse(value: &str) -> Option<Self> {
        if let Some(name) = value.strip_prefix(OPERATOR) {
            return Some(Self::Operator(name.to_owned()));
        }
        let fixed = [
            Self::NetworkPlugin,
            Self::ClusterCidr,
            Self::ServiceCidr,
            Self::ApiServer,
            Self::Nodes,
            Self::Pods,
        ];
        fixed.into_iter().find(|origin| origin.value() == value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_origin_is_read_back_from_its_value() {
        for value in ["operator:ann", "network-plugin", "api-server", "pods"] {
            let origin = RangeOrigin::parse(value).expect(value);
            assert_eq!(origin.value(), value);
        }
        assert_eq!(RangeOrigin::parse("10.0.0.0/8"), None);
    }
}
