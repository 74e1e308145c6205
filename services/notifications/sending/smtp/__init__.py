"""Mails by SMTP (RFC 5321), to a server that sends them on."""
