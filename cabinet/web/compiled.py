"""How templates become Python: parts are called, and text is escaped, with no more than these templates need.

Jinja finds out at each call what is called, and makes an object of each piece of text that it has escaped.
"""

from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from jinja2.utils import missing
from markupsafe import Markup, escape

try:
    from markupsafe._speedups import _escape_inner as escaped
except ImportError:  # built without a compiler
    from markupsafe._native import _escape_inner as escaped


class Generator(CodeGenerator):
    """Writes the Python of a template."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """The whole of it."""
        self.macros = {macro.name for macro in node.find_all(nodes.Macro)}
        self.imported = {other.target for other in node.find_all(nodes.Import)}
        super().visit_Template(node, frame)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """A call: of a macro at once, of anything else as Jinja does it."""
        if not self._is_macro(node.node):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.write("environment.invoke(context, ")
        self.visit(node.node, frame)
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self.write(")")

    def _is_macro(self, called: nodes.Expr) -> bool:
        if isinstance(called, nodes.Getattr):
            return isinstance(called.node, nodes.Name) and called.node.name in self.imported
        return isinstance(called, nodes.Name) and (called.name in self.macros or called.name == "caller")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        context = frame.eval_ctx
        if context.volatile or not context.autoescape or finalize.src:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.shown(")


def shown(value: Any) -> str:
    """A value as it stands in a page."""
    kind = type(value)
    if kind is str:
        return escaped(value)
    return value if kind is Markup else escape(value)


def invoke(context: Context, macro: Any, /, *args: Any, **named: Any) -> Any:
    """What a macro makes of its arguments."""
    if type(macro) is not Macro or macro.explicit_caller or macro.catch_varargs:
        return context.call(macro, *args, **named)
    given = [*args, *[named.pop(name, missing) for name in macro.arguments[len(args) :]]]
    if macro.caller:
        caller = named.pop("caller", None)
        given.append(
            context.environment.undefined("No caller defined", name="caller") if caller is None else caller
        )
    if macro.catch_kwargs:
        given.append(named)
    elif named or len(args) > len(macro.arguments):
        return context.call(macro, *args, **named)  # which says what is wrong
    made = macro._func(*given)
    # what it shows is escaped; Markup itself would look whether it is
    return str.__new__(Markup, made) if context.eval_ctx.autoescape else made
