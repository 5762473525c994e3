//! The control planes among the programs of a cluster.
//!
//! Start at [`served_mesh`].

use std::any::Any;

use sandbox::Program;

use crate::istiod::Istiod;
use crate::pilot::Pilot;
use crate::registry::Mesh;

/// Whether a program is a control plane.
pub(crate) fn is_control_plane(program: &dyn Program) -> bool {
    let program: &dyn Any = program;
    program.is::<Pilot>() || program.is::<Istiod>()
}

/// The endpoints that a control plane distributes to its sidecars; `None` for other programs.
pub(crate) fn served_mesh(program: &dyn Program) -> Option<Mesh> {
    let program: &dyn Any = program;
    if let Some(pilot) = program.downcast_ref::<Pilot>() {
        return Some(pilot.mesh());
    }
    program.downcast_ref::<Istiod>().map(Istiod::mesh)
}
