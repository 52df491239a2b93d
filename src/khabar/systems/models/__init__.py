"""Local models of named entities as systems: a folder of transformers, spaCy or GLiNER; nothing is downloaded."""
