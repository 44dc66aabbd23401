//! What tools in other languages give and get: the published schemas, the documents, and the page that explains them.

mod documents;
mod foreign;
mod page;
mod schemas;
