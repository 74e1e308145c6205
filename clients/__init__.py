"""What calls the platform from outside."""
