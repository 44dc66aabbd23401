//! The commands of the blog, as a process that a test can start.

fastdjango::main!(blog);
