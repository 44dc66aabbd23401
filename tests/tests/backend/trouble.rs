//! What goes wrong around a database: disks, folders, permissions, other processes, and names.
