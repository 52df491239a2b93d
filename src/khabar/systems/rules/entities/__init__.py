"""The entity layer: gazetteer and grammars, nested and clustered. Its door is `entities.extract`."""
