//! Tests of this module.

use super::*;

const RECOVERY: Duration = Duration::from_secs(15);

#[tokio::test(start_paused = true)]
async fn a_mesh_that_becomes_unhealthy_or_whose_control_plane_changes_is_checked_more_often_for_some_time()
 {
    let name = MeshName::new("shop").expect("a name");
    let monitored = MonitoredMesh::new(name, CancellationToken::new());
    let row = |blocked| HealthRow {
        blocked,
        warned: 0,
        drifted: 0,
        unknown: 0,
    };
    assert_eq!(monitored.check_interval(RECOVERY), CHECK_INTERVAL);
    monitored.follow_problems(Some(&row(1)));
    assert_eq!(monitored.check_interval(RECOVERY), RECOVERY);
    tokio::time::advance(RECOVERY_TIME).await;
    assert_eq!(monitored.check_interval(RECOVERY), CHECK_INTERVAL);
    monitored.follow_problems(Some(&row(2)));
    assert_eq!(monitored.check_interval(RECOVERY), RECOVERY);
    monitored.follow_problems(Some(&row(0)));
    assert_eq!(monitored.check_interval(RECOVERY), CHECK_INTERVAL);
    monitored.follow_control_plane();
    assert_eq!(monitored.check_interval(RECOVERY), RECOVERY);
    tokio::time::advance(SETTLE_TIME).await;
    assert_eq!(monitored.check_interval(RECOVERY), CHECK_INTERVAL);
}
