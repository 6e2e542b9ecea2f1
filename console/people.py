"""Hiding who a person is from those whose work does not need it."""

from __future__ import annotations


def mask_name(name: str | None) -> str | None:
    """«Иванов Пётр Сергеевич» → «И*** П.»; what has one word keeps its first letter."""
    if not name:
        return name
    first, *others = name.split()
    return f"{first[0]}***" + (f" {others[0][0]}." if others else "")


def mask_phone(phone: str | None) -> str | None:
    """«+79991234567» → «+7*******67»: enough to tell two numbers apart, too little to call."""
    if not phone:
        return phone
    return phone[:2] + "*" * max(len(phone) - 4, 3) + phone[-2:] if len(phone) > 4 else "*" * len(phone)


def mask_email(email: str | None) -> str | None:
    """«ivanov@example.org» → «i***@example.org»."""
    if not email:
        return email
    name, at, domain = email.partition("@")
    return f"{name[:1]}***{at}{domain}"


def mask_address(address: str | None) -> str | None:
    """An address of any channel, masked by what it looks like."""
    if not address:
        return address
    if "@" in address and not address.startswith("@"):
        return mask_email(address)
    return mask_phone(address)
