"""E-mail: sent over SMTP, with bounces and replies read from a mailbox over IMAP."""
