"""What is seen of a running service: logs, metrics, traces."""
