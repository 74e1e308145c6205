"""What users are told as it happens, and have read."""
