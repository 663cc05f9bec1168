"""The day of these tests, and what months are called inside a date."""

from datetime import date

TODAY = date(2026, 10, 15)
GENITIVE = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()  # noqa: SIM905
