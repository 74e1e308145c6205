"""Hotels to fill the platform with: made-up ones, and real ones from a file."""
