"""The parts of benchmarks/graphql.py: an invented knowledge base, the servers over it, and what is asked of them."""
