"""What is proven of the source as it lies there: style and imports. Nothing is started."""
