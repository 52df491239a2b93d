"""The Label Studio that `khabar annotate` works with: found, or installed and served by us."""
