"""Local models of named entities as systems: a folder of transformers, spaCy or GLiNER; nothing is downloaded.

Each library has its own way to find spans; `system` asks for them, `naming` says what their labels mean here.
"""
