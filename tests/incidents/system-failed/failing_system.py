"""A system that fails."""


def extract(document):
    raise ValueError("no model for " + document.doc_id)
