"""Makes mails when they are due: asks who knows, writes the letter, attaches the documents."""
