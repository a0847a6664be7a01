"""The JSON Schema of the format, for editors."""

from __future__ import annotations

from typing import Any

from pydantic import Field, create_model
from pydantic.json_schema import models_json_schema

from slogen import shapes, slis
from slogen.nativespec import API_VERSION, routing_schema, written, written_components
from slogen.nativespec.dashboards import DashboardDocument


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of all documents of the format."""
    indicator = _one_of("Indicator", "Exactly one kind.", {n: m.Shape for n, m in slis.kinds().items()})
    adjustment = _one_of("Adjustment", "Exactly one kind.", written.ADJUSTMENTS)
    slo: Any = create_model(
        "Slo",
        __base__=written.SloBase,
        __doc__="An objective.",
        sli=(indicator, ...),
        adjustments=(
            list[adjustment],  # type: ignore[valid-type]
            Field(default_factory=list, description="How the rules depart from the usual ones, in order."),
        ),
    )
    service: Any = create_model(
        "Service",
        __base__=written.Described,
        __doc__="A service.",
        service=(shapes.Name, ...),
        slos=(list[slo], Field(min_length=1)),
    )
    levels: Any = create_model(
        "ServiceLevels",
        __base__=written.ServiceLevels,
        __doc__="The SLOs of a service.",
        spec=(service, ...),
    )
    documents = (
        *(levels, written.Settings, written.AlertWindows, written.Proof, _catalog()),
        *(written_components.Component, DashboardDocument, routing_schema.document()),
    )
    models = [(model, "validation") for model in documents]
    refs, definitions = models_json_schema(models, by_alias=True)  # type: ignore[arg-type]
    routing_schema.complete(definitions["$defs"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": API_VERSION,
        "oneOf": list(refs.values()),
        **definitions,
    }


def _catalog() -> Any:
    """The shape of a catalog with its metrics and their labels, which are read by themselves."""
    label = written.MetricLabel | list[shapes.Text] | None
    labels = dict[str, label] | list[shapes.Text]
    metric: Any = create_model(
        "CatalogMetric",
        __base__=written.CatalogMetricBase,
        __doc__="A metric.",
        labels=(
            labels,
            Field(default_factory=dict, description="By name, with what is known of the values."),
        ),
        cautions=(list[written.MetricCaution], Field(default_factory=list)),
    )
    spec: Any = create_model(
        "CatalogSpec",
        __base__=written.CatalogSpecBase,
        __doc__="A component.",
        scrapes=(list[written.CatalogScrape], Field(default_factory=list)),
        metrics=(dict[str, metric | None], Field(default_factory=dict, description="By name.")),
    )
    return create_model(
        "MetricCatalog",
        __base__=written.MetricCatalog,
        __doc__="The metrics of a component.",
        spec=(spec, ...),
    )


def _one_of(name: str, doc: str, kinds: dict[str, Any]) -> Any:
    """A mapping with exactly one of the keys."""
    # A factory, because a default would stand in the schema, where null is no value.
    fields: Any = {key: (shape, Field(default_factory=lambda: None)) for key, shape in kinds.items()}
    model: Any = create_model(name, __base__=shapes.Shape, __doc__=doc, **fields)
    model.model_config["json_schema_extra"] = {"minProperties": 1, "maxProperties": 1}
    return model
