//! Models of the blog.
