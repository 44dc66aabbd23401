//! The command line of fastdjango.
