"""What the chassis does with personal data in every service that holds some: erasure by event, and export."""
