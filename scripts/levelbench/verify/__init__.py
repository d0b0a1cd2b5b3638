"""Equal work: the contract and the parity rules that every contestant must pass."""
