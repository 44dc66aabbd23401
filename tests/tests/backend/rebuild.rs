//! Every line of the rebuild's recipe: each test fails where its line is taken out.
