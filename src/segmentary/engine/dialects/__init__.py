"""Trees are built for DuckDB; here they become trees of another engine that mean the same, or are refused."""
