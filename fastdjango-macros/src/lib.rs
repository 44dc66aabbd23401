//! The derives of fastdjango.
