//! Segments against the oracle, without any server: text, tree, plan and engine in one process.
