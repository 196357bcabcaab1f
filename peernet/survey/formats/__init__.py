"""What survey tools export, each read by a file of its own into one shape: an `Export`."""
