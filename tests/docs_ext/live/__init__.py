"""The guide as `guide` serves it: its pages, the states of its panel, and who is refused."""
