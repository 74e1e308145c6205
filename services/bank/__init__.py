"""A bank as a third party would offer one: a sandbox that misbehaves on demand."""
