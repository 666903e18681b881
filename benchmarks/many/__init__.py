"""How many visitors one web process of step 05 keeps: ten thousand, measured beside LIMIT."""
