"""Annotations: rounds in Label Studio, agreement of passes and their adjudication."""
