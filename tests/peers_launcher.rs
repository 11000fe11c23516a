//! wslink's real launcher.
