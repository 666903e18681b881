"""The guide's promises in a real browser, and the pictures that are drawn of them."""
