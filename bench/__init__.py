"""The load harness: what pages, jobs and the Casebook cost. Run by `bin/bench`; described in docs/developers/speed.md."""
