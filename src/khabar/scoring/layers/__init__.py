"""The four layers: what each judges right, and the figures it names."""
