"""Reads XML that others wrote: nothing is fetched or expanded, nothing nested without end."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError  # nosec B405 # a type and an error

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, iterparse

from cabinet.billing.encodings import Recoded

DEEPEST = 200  # levels; tables have six
FORBIDDEN = DefusedXmlException
BROKEN = (ParseError, ValueError, LookupError)


def elements_of(file: Recoded, forbid_dtd: bool) -> Iterator[tuple[bool, Element]]:
    """Each element twice: when it begins, with True, and when it ends, with False.

    Whatever the XML declares to be its encoding, which it often is not, it is read as UTF-8. Raises FORBIDDEN
    for entities and, if so told, any DTD, and one of BROKEN for what is not well-formed or nested too deep.
    """
    depth = 0
    parser = DefusedXMLParser(encoding="utf-8", forbid_dtd=forbid_dtd)
    for event, element in iterparse(file, events=("start", "end"), parser=parser):
        begins = event == "start"
        depth += 1 if begins else -1
        if depth > DEEPEST:
            raise ParseError("nested too deep")
        yield begins, element


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]
