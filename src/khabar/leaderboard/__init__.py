"""The leaderboard: submissions are predictions, every figure is re-scored, and the tables follow from them.

```
eval/submissions/<system>/<corpus version>/   card.toml, predictions.jsonl, result.json
eval/board/<corpus version>/                  board.json, README.md; frozen.json once the board is closed
```

A submission is data: nothing in one is executed, imported, or shown unescaped.
"""
