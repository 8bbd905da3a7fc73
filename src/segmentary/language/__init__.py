"""What a definition means: the tree, its spellings, its checks, the oracle, and the compilation to SQL."""
