"""Several machines on one: real processes that share nothing but the network."""
