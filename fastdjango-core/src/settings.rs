//! Settings: the databases and how migrations are written, out of `fastdjango.toml` and the environment.
