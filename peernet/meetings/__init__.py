"""The room of meetings."""
