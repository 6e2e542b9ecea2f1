"""Inquiries about borrowers at outside registers: asked, sent within the providers' quotas, answered, told as news."""
