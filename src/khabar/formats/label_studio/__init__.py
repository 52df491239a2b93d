"""Label Studio, in both directions: results as pages, pages as rows of a pass, exports as predictions."""
