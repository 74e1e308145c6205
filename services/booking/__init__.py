"""The booking service: sells room nights, each once, and sees every booking through to its payment."""
