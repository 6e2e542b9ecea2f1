"""Every node type keeps the contract; what only one of them does is tested by name."""
