"""`make bench`: figures of a running portal, as JSON and as a table. Machines are noisy: compare ratios of one run."""
