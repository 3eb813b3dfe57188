"""What sources say of one number."""

from __future__ import annotations

import strawberry

from kb.api.types.quantity import Quantity


@strawberry.type(description="What the sources say of one number, such as how many troops there are. Nothing is averaged.")
class Figure:
    """Shows `kb.domain.figures.Figure`."""

    about: str = strawberry.field(description="What is counted or measured.")
    unit: str = strawberry.field(description="The unit it is counted in; may be empty.")
    low: float = strawberry.field(description="The lowest number that a source gives.")
    high: float = strawberry.field(description="The highest number that a source gives.")
    agreed: bool = strawberry.field(description="Whether there is a number that everything said leaves room for.")
    quantities: list[Quantity] = strawberry.field(description="Everything said, each with its sentence and article.")
