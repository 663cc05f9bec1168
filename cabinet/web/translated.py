"""Templates are compiled once for each language, with all in them that is the same in each of its pages.

To translate a label, or to look up the address of a view, costs more than to put it into the page, and a
page has dozens of them. What varies (a number in a sentence, a link to one request) is asked as ever.
"""

from collections.abc import Callable
from typing import Any

from flask.globals import _cv_app
from flask.sansio.app import App
from flask.templating import Environment
from flask_babel import get_locale
from jinja2 import Template, nodes
from jinja2.visitor import NodeTransformer
from werkzeug.routing import BuildError

from cabinet.web import assets
from cabinet.web.compiled import Generator, invoke, shown


def language() -> str:
    """The language of this answer, one of LOCALES."""
    context = _cv_app.get(None)
    kept = context and vars(context.g).get("_flask_babel")  # where Flask-Babel keeps it, once it was chosen
    locale = getattr(kept, "babel_locale", None) or get_locale()
    return locale.language if locale else "ru"


class Environments(Environment):
    """Flask's environment of templates, which has another one for each language."""

    language = ""  # that of the others
    code_generator_class = Generator
    invoke, shown = staticmethod(invoke), staticmethod(shown)  # for what it writes
    of_language: Callable[[str], tuple[dict[str, Any], dict[str, Any]]]  # what one of them knows, its filters

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options)
        self.by_language: dict[str, Environments] = {}
        self.ready: dict[Any, Template] = {}

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Template:
        """A template, in the language of this request."""
        environment = self if self.language else self._of(language())
        template = environment.ready.get(name) if globals is None else None
        if template is None or self.auto_reload:
            template = super(Environments, environment).get_template(name, parent, globals)
            environment.ready[name] = template
        return template

    def make_globals(self, d: Any) -> Any:
        """What a template knows: the same for all, so what they define once is looked for in one place."""
        return super().make_globals(d) if d else self.globals

    def _of(self, language: str) -> "Environments":
        if language not in self.by_language:
            made = self.overlay()
            made.language, made.ready = language, {}
            known, filters = self.of_language(language)
            made.globals, made.filters = {**self.globals, **known}, {**self.filters, **filters}
            self.by_language[language] = made
        return self.by_language[language]

    def _generate(self, source: nodes.Template, name: Any, filename: Any, defer_init: bool = False) -> str:
        if self.language:
            source = Known(self).visit(source)
        return super()._generate(source, name, filename, defer_init)


class Known(NodeTransformer):
    """Puts what functions return in their place, where all that they are given stands in the template."""

    def __init__(self, environment: Environments) -> None:
        self.globals: dict[str, Any] = dict(environment.globals)
        self.translate: Callable[[str], str] = self.globals["_"]
        self.urls = environment.app.url_map.bind("localhost")
        self.known = {"_": self._sentence, "asset": self._asset, "url_for": self._address}

    def visit_Name(self, node: nodes.Name) -> nodes.Node:
        """A word that is the same in all pages of the language, or any other."""
        constant = node.ctx == "load" and node.name in ("locale", "embedders", "password_rules")
        return nodes.Const(self.globals[node.name]) if constant else node

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:
        """What the company is called, or any other attribute."""
        if isinstance(node.node, nodes.Name) and node.node.name == "brand":
            return nodes.Const(getattr(self.globals["brand"], node.attr))
        return self.generic_visit(node)

    def visit_If(self, node: nodes.If) -> nodes.Node | list[nodes.Node]:
        """A choice, or what is chosen in each page."""
        if node.elif_:
            first, *others = node.elif_
            node.elif_, node.else_ = [], [nodes.If(first.test, first.body, others, node.else_)]
        self.generic_visit(node)
        if not isinstance(node.test, nodes.Const):
            return node
        return node.body if node.test.value else node.else_

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """A call of one of these functions, or any other."""
        self.generic_visit(node)
        function = self.known.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        if function is None or len(node.args) != 1 or node.dyn_args or node.dyn_kwargs:
            return node
        (first,) = node.args
        return function(first.value, node) if isinstance(first, nodes.Const) else node

    def _sentence(self, text: str, node: nodes.Call) -> nodes.Node:
        translated = nodes.Const(self.translate(text))
        values = [nodes.Pair(nodes.Const(one.key), one.value) for one in node.kwargs]
        return nodes.Mod(translated, nodes.Dict(values)) if values else translated

    def _asset(self, name: str, _node: nodes.Call) -> nodes.Node:
        return nodes.Const(assets.asset(name))

    def _address(self, endpoint: str, node: nodes.Call) -> nodes.Node:
        values = {one.key: one.value.value for one in node.kwargs if isinstance(one.value, nodes.Const)}
        if len(values) < len(node.kwargs) or endpoint.startswith(".") or any(n[0] == "_" for n in values):
            return node
        try:
            return nodes.Const(self.urls.build(endpoint, values))
        except BuildError:
            return node
