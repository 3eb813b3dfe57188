"""The GraphQL schema: Strawberry's, put together once a process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import strawberry
from graphql import GraphQLError, GraphQLSchema
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types.execution import ExecutionContext

from kb.api.documents import read_document
from kb.api.scalars import SCALARS
from kb.api.types.decision import Judgement, Retraction, Split
from kb.api.types.entity import Country, Organisation, Person, Region
from kb.api.types.mutation import Mutation
from kb.api.types.query import Query
from kb.api.types.subscription import Subscription


class ApiSchema(strawberry.Schema):
    """Strawberry's schema with the core schema in reach, which documents are validated against."""

    @property
    def core(self) -> GraphQLSchema:
        """graphql-core's schema."""
        return self._schema

    def process_errors(self, errors: Sequence[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Does nothing: errors are logged where they are made public, each once and under its request's id."""


class PreparedDocument(SchemaExtension):
    """Hands Strawberry the document that was read and validated before execution began."""

    def on_parse(self) -> Iterator[None]:
        """Sets the document, so that it is not parsed again."""
        query = self.execution_context.query or ""
        self.execution_context.graphql_document = read_document(load_schema().core, query).node
        yield

    def on_validate(self) -> Iterator[None]:
        """Reports no errors, so that it is not validated again."""
        self.execution_context.pre_execution_errors = []
        yield


@cache
def load_schema() -> ApiSchema:
    """The schema over the installed ontology."""
    return ApiSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[Person, Country, Organisation, Region, Judgement, Split, Retraction],
        extensions=[PreparedDocument],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
