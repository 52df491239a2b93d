"""Label Studio: the rows of a pass as pages an annotator works in, and back; pushing a round and pulling it."""
