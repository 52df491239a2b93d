"""The published dataset: built from seeds and gold, read back, checked and described."""
