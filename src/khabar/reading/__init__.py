"""Reading what people send: JSONL or Parquet into records, every problem reported at once."""
