"""Hands mails over: composes, seals and sends each that is due, by SMTP or to a directory."""
