"""Systems: whatever turns documents into annotations."""
