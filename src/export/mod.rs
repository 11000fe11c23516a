//! Scenes as files for programs that know nothing of scenes: what shows goes in, and what is lost is told.

pub mod glb;
