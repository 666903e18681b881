"""What is proven of the source as it lies there: style, types and imports. Nothing is started."""
