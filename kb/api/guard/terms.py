"""On which terms an operation is answered: what it may cost, and who pays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kb.api.documents import Document
from kb.api.errors import LARGEST_SHOWN, CostError, IntrospectionError
from kb.api.limits import check_variables

# A document that was refused is paid for by its length: reading it was work.
_CHARACTERS_A_POINT: Final = 10
_TOKENS_A_POINT: Final = 2


@dataclass(frozen=True, slots=True)
class Terms:
    """`max_cost` is what one operation may cost, in points. `charge` is told what is spent; it refuses nothing. `check` raises
    RateError while more was spent than may be, for those who go on without asking again."""

    max_cost: int
    introspection: bool = True
    charge: Callable[[int], None] | None = None
    check: Callable[[], None] | None = None

    def agree(self, document: Document, operation_name: str | None, variables: Mapping[str, Any] | None) -> int:
        """The price of the operation, which is charged. `document` has no errors, and which operation is meant is clear.

        Raises LimitError, CostError or IntrospectionError where it is not answered on these terms.
        """
        if variables:
            check_variables(variables)
        if document.introspects and not self.introspection:
            raise IntrospectionError
        price = document.price(operation_name, variables)
        if price > self.max_cost:
            self._pay(1 + document.tokens // _TOKENS_A_POINT)
            raise CostError(price, self.max_cost)
        self._pay(price)
        return price

    def charge_for_text(self, text: str) -> None:
        """Charges for a document that is not executed."""
        self._pay(1 + len(text) // _CHARACTERS_A_POINT)

    def _pay(self, points: int) -> None:
        if self.charge is not None:
            self.charge(points)


def shown_cost(price: int, limit: int) -> dict[str, object]:
    """What `extensions` of an answer say of its price."""
    return {"cost": {"price": min(price, LARGEST_SHOWN), "limit": limit}}
