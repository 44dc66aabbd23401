//! What each database can do (facts), and how it says it (behaviour).
