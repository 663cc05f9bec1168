"""Settings with which the cabinet may start in earnest."""

from typing import Any

COMPLETE: dict[str, Any] = {
    "secret_key": "0123456789abcdef0123456789abcdeg",
    "password_pepper": "fedcba9876543210",
    "public_url": "https://lk.example.ru",
    "sms_backend": "twilio",
    "twilio_account_sid": "AC1",
    "twilio_auth_token": "token",
    "twilio_from": "MG1",
    "mail_backend": "smtp",
    "smtp_url": "smtp://localhost:25",
    "mail_from": "cabinet@example.org",
    "staff_emails": ("staff@example.org",),
    "support_phone": "+78005553535",
}
