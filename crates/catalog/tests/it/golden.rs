//! The output equals that of Helm 3.17.2, recorded by `golden/record.sh`.

use crate::{built_in, facts};
use chart::Values;

fn compare(case: &str, values: &str, helms: &str) {
    let name = case.strip_suffix("-with-everything").unwrap_or(case);
    let facts = facts(name, "v1.36.3", &["autoscaling/v2", "policy/v1"]);
    let ours = chart::render(&built_in(name), &Values::parse(values).unwrap(), &facts);
    let ours = ours.unwrap().text();
    for (number, (ours, helms)) in ours.lines().zip(helms.lines()).enumerate() {
        assert_eq!(ours, helms, "line {} of {case}", number + 1);
    }
    assert_eq!(ours.trim_end(), helms.trim_end());
}

macro_rules! golden {
    ($test:ident, $case:literal) => {
        #[test]
        fn $test() {
            let values = include_str!(concat!("../golden/", $case, ".values.yaml"));
            compare(
                $case,
                values,
                include_str!(concat!("../golden/", $case, ".yaml")),
            );
        }
    };
}

golden!(the_control_plane_is_what_helm_makes_of_it, "ack-istio");
golden!(
    the_control_plane_with_everything_is_what_helm_makes_of_it,
    "ack-istio-with-everything"
);
golden!(the_remote_part_is_what_helm_makes_of_it, "ack-istio-remote");
golden!(the_sample_is_what_helm_makes_of_it, "bookinfo");
golden!(
    the_sample_with_everything_is_what_helm_makes_of_it,
    "bookinfo-with-everything"
);
golden!(
    the_samples_details_are_what_helm_makes_of_them,
    "bookinfo-details"
);
golden!(
    the_samples_details_with_everything_are_what_helm_makes_of_them,
    "bookinfo-details-with-everything"
);
