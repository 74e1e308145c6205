"""Mails as they are read: what each says, in which words, and how it looks."""
