"""The conflict layer: claims of a story that answer one question differently. Its door is `conflicts.disputes`."""
