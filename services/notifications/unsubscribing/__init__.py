"""Who does not want which mails, and the links by which they say so."""
