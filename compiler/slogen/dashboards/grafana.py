"""A dashboard in Grafana's JSON, made with the types of its Foundation SDK.

https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/. The text is
the same for the same dashboard: keys are sorted, and nothing in it is a time or a number of a version.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    gauge,
    heatmap,
    prometheus,
    stat,
    table,
    text,
    timeseries,
)
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as kinds
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import PromQueryFormat
from grafana_foundation_sdk.models.text import TextMode

from slogen.dashboards.uids import uid
from slogen.panels import Dashboard, Form, Link, Panel, PanelKind, Row, Target, Threshold, Variable

DATA_SOURCE = "datasource"
"""The variable by which a reader chooses the Prometheus that is asked."""
INPUT = "DS_PROMETHEUS"
"""What an import by hand asks for."""
TYPE = "prometheus"
_COLUMNS = 24
_ALL = "$__all"
_PANELS: dict[PanelKind, Callable[[], Any]] = {
    PanelKind.TIMESERIES: timeseries.Panel,
    PanelKind.STAT: stat.Panel,
    PanelKind.GAUGE: gauge.Panel,
    PanelKind.BARGAUGE: bargauge.Panel,
    PanelKind.TABLE: table.Panel,
    PanelKind.HEATMAP: heatmap.Panel,
    PanelKind.TEXT: text.Panel,
}
_LAST_VALUE = frozenset((PanelKind.STAT, PanelKind.GAUGE, PanelKind.BARGAUGE))


def json_text(dashboard: Dashboard, form: Form, panels: str = "") -> str:
    """The dashboard as lines of JSON, with a line break at the end.

    `panels` is the text of its panels, if that has been made already (see `panels_text`).
    """
    made: dict[str, Any] = _plain(_built(dashboard, form))
    if form is Form.IMPORT:
        made["__inputs"] = [_input()]
    if panels:
        made["panels"] = _HERE
    text = _text(made) + "\n"
    return text.replace(f'"panels": "{_HERE}"', f'"panels": {panels}', 1) if panels else text


def panels_text(items: Iterable[Panel | Row], form: Form) -> str:
    """The panels alone, as they stand in the text of a dashboard."""
    made = _plain(_built(Dashboard("", "", tuple(items)), form))
    return _text(made["panels"]).replace("\n", "\n  ")


_HERE = "@panels@"


def _plain(made: models.Dashboard) -> dict[str, Any]:
    plain: dict[str, Any] = _without_gaps(json.loads(json.dumps(made, cls=JSONEncoder)))
    return plain


def _text(made: Any) -> str:
    return json.dumps(made, sort_keys=True, indent=2, ensure_ascii=False)


def _input() -> dict[str, str]:
    return {
        "name": INPUT,
        "label": "Prometheus",
        "description": "",
        "type": "datasource",
        "pluginId": TYPE,
        "pluginName": "Prometheus",
    }


def _without_gaps(value: Any) -> Any:
    """Without keys that have no value, but for the one that means the lowest threshold; half of a surrogate
    pair, which no file can hold, is replaced."""
    if isinstance(value, dict):
        return {k: _without_gaps(item) for k, item in value.items() if item is not None or k == "value"}
    if isinstance(value, list):
        return [_without_gaps(item) for item in value]
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _built(dashboard: Dashboard, form: Form) -> models.Dashboard:
    source = _source(form)
    made = (
        builders.Dashboard(dashboard.title)
        .uid(dashboard.uid or uid(dashboard.name))
        .description(dashboard.description)
        .tags(list(dashboard.tags))
        .time(f"now-{dashboard.period}", "now")
        .refresh(dashboard.refresh)
        .timezone("browser")
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .readonly()
        .links([_link(link) for link in dashboard.links])
        .annotations([])
    )
    variables = [_variable(variable, source) for variable in dashboard.variables]
    made.variables(variables if form is Form.IMPORT else [_chosen_source(), *variables])
    for number, (item, grid) in enumerate(_placed(dashboard.items), 1):
        if isinstance(item, Row):
            made.with_row(_row(item, number, grid))
        else:
            made.with_panel(_panel(item, number, grid, source))
    return made.build()


def _source(form: Form) -> models.DataSourceRef:
    return models.DataSourceRef(TYPE, f"${{{INPUT if form is Form.IMPORT else DATA_SOURCE}}}")


def _placed(items: Iterable[Panel | Row]) -> Iterator[tuple[Panel | Row, models.GridPos]]:
    """The items with their places: side by side while there is room, then below the tallest of the line."""
    x = y = tallest = 0
    for item in items:
        width, height = (_COLUMNS, 1) if isinstance(item, Row) else (item.width, item.height)
        if x + width > _COLUMNS:
            x, y, tallest = 0, y + tallest, 0
        yield item, models.GridPos(h=height, w=width, x=x, y=y)
        x, tallest = x + width, max(tallest, height)


def _row(row: Row, number: int, grid: models.GridPos) -> builders.Row:
    made = builders.Row(row.title).id(number).grid_pos(grid).collapsed(False)
    return made.repeat(row.repeat) if row.repeat else made


# panels -----------------------------------------------------------------------------------------------


def _panel(panel: Panel, number: int, grid: models.GridPos, source: models.DataSourceRef) -> Any:
    made = _PANELS[panel.kind]().id(number).title(panel.title).grid_pos(grid)
    made.description(panel.description or None)
    if panel.links:
        made.links([_link(link) for link in panel.links])
    if panel.kind is PanelKind.TEXT:
        return made.mode(TextMode.MARKDOWN).content(panel.text)
    made.datasource(source)
    made.targets([_target(target, i, panel, source) for i, target in enumerate(panel.targets)])
    if panel.period:
        made.time_from(panel.period)
    _numbers(made, panel)
    _looks(made, panel)
    return made


def _numbers(made: Any, panel: Panel) -> None:
    """What the numbers are, and what they are measured by."""
    made.unit(panel.unit or "short")
    if panel.decimals is not None:
        made.decimals(panel.decimals)
    if panel.least is not None:
        made.min(float(panel.least))
    if panel.most is not None:
        made.max(float(panel.most))
    if panel.thresholds:
        made.thresholds(_thresholds(panel.thresholds))
    if panel.thresholds and panel.kind is not PanelKind.TIMESERIES:
        made.color_scheme(builders.FieldColor().mode(models.FieldColorModeId.THRESHOLDS))


def _thresholds(steps: tuple[Threshold, ...]) -> builders.ThresholdsConfig:
    found = [models.Threshold(None if one.value is None else float(one.value), one.color) for one in steps]
    return builders.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(found)


def _looks(made: Any, panel: Panel) -> None:
    if panel.kind in _LAST_VALUE:
        made.reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(False).fields(""))
    if panel.kind is PanelKind.STAT:
        made.color_mode(kinds.BigValueColorMode.VALUE).graph_mode(kinds.BigValueGraphMode.NONE)
    elif panel.kind is PanelKind.TIMESERIES:
        _lines(made, panel)
    elif panel.kind is PanelKind.TABLE:
        _columns(made, panel)
    elif panel.kind is PanelKind.HEATMAP:
        made.calculate(False)


def _lines(made: Any, panel: Panel) -> None:
    legend = common.VizLegendOptions().show_legend(True).display_mode(kinds.LegendDisplayMode.LIST)
    made.legend(legend.placement(kinds.LegendPlacement.BOTTOM).calcs([]))
    made.tooltip(common.VizTooltipOptions().mode(kinds.TooltipDisplayMode.MULTI).sort(kinds.SortOrder.NONE))
    made.line_width(1).fill_opacity(20 if panel.stacked else 0).show_points(kinds.VisibilityMode.AUTO)
    if panel.stacked:
        made.stacking(common.StackingConfig().mode(kinds.StackingMode.NORMAL).group("A"))
    if panel.lines:
        style = common.GraphThresholdsStyleConfig().mode(kinds.GraphTresholdsStyleMode.DASHED)
        made.thresholds_style(style)
        # A threshold above all values would not be in the picture.
        highest = max((float(step.value) for step in panel.thresholds if step.value is not None), default=0.0)
        made.axis_soft_min(0).axis_soft_max(highest * 1.25 if highest > 0 else 1)


def _columns(made: Any, panel: Panel) -> None:
    """One line for each set of labels, one column for each query."""
    values = {f"Value #{_ref(i)}": target.legend for i, target in enumerate(panel.targets)}
    if len(panel.targets) == 1:
        values = {"Value": panel.targets[0].legend}
    names = {value: legend for value, legend in values.items() if legend}
    made.with_transformation(models.DataTransformerConfig(id_val="merge", options={}))
    organize = {"excludeByName": {"Time": True}, "renameByName": names, "indexByName": {}}
    made.with_transformation(models.DataTransformerConfig(id_val="organize", options=organize))
    for target in panel.targets:
        if target.unit:
            made.override_by_name(target.legend, [models.DynamicConfigValue("unit", target.unit)])
    if panel.cells is not None:
        column, link = panel.cells
        there = {"title": link.title, "url": link.url}
        made.override_by_name(column, [models.DynamicConfigValue("links", [there])])
    made.show_header(True)


def _target(target: Target, number: int, panel: Panel, source: models.DataSourceRef) -> prometheus.Dataquery:
    made = prometheus.Dataquery().expr(target.query).ref_id(_ref(number)).datasource(source)
    if panel.kind is PanelKind.TABLE:
        return made.instant().format(PromQueryFormat.TABLE)
    made.legend_format(target.legend or "__auto")
    if panel.kind in _LAST_VALUE:
        return made.instant()
    if panel.kind is PanelKind.HEATMAP:
        made.format(PromQueryFormat.HEATMAP)
    return made.range()


def _ref(number: int) -> str:
    """A, B, ..., Z, AA, ...: how the queries of a panel are told apart."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


# variables and links ----------------------------------------------------------------------------------


def _chosen_source() -> builders.DatasourceVariable:
    return builders.DatasourceVariable(DATA_SOURCE).label("Data source").type(TYPE)


def _variable(variable: Variable, source: models.DataSourceRef) -> Any:
    made: Any
    if variable.query:
        made = builders.QueryVariable(variable.name).query(
            {"qryType": 1, "query": variable.query, "refId": "PrometheusVariableQueryEditor-VariableQuery"}
        )
        made.datasource(source).refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        made.sort(models.VariableSort.ALPHABETICAL_ASC)
    else:
        made = builders.CustomVariable(variable.name).values(",".join(map(_escaped, variable.values)))
        made.options([models.VariableOption(False, value, value) for value in variable.values])
    made.label(variable.label or variable.name).multi(variable.multi)
    if variable.multi:
        made.include_all(True).all_value(variable.everything or None).current(
            models.VariableOption(True, ["All"], [_ALL])
        )
    if variable.is_hidden:
        made.hide(models.VariableHide.HIDE_VARIABLE)
    return made


def _escaped(value: str) -> str:
    return value.replace(",", "\\,")


def _link(link: Link) -> builders.DashboardLink:
    made = builders.DashboardLink(link.title).type(models.DashboardLinkType.LINK).url(link.url)
    return made.icon("external link").target_blank(True).tags([]).tooltip("")
