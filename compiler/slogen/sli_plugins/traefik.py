"""Traefik 1 and 2."""

from __future__ import annotations

from dataclasses import dataclass

from slogen.slioptions import (
    BUCKET,
    FILTER,
    FLAG,
    REQUIRED,
    Plugin,
    Values,
    rate,
    share_or_none,
    slower_or_none,
)


@dataclass(frozen=True, slots=True)
class _Version:
    """What a version calls a service: the metrics' prefix, its label, the option for it, and its errors."""

    name: str
    metric: str
    label: str
    option: str
    errors: str

    def plugins(self) -> tuple[Plugin, ...]:
        chosen = {self.option: REQUIRED, "filter": FILTER}
        path = f"sloth-common/traefik/{self.name}"
        return (
            Plugin(f"{path}/availability", chosen, self._availability),
            Plugin(f"{path}/latency", {**chosen, "bucket": BUCKET, "exclude_errors": FLAG}, self._latency),
        )

    def _availability(self, values: Values, _meta: Values) -> str:
        requests, chosen = f"{self.metric}_requests_total", self._chosen(values)
        return share_or_none(rate(requests, *chosen, f'code=~"{self.errors}"'), rate(requests, *chosen))

    def _latency(self, values: Values, _meta: Values) -> str:
        succeeded = 'code!~"5.."' if values["exclude_errors"] else ""
        histogram, chosen = f"{self.metric}_request_duration_seconds", (*self._chosen(values), succeeded)
        return slower_or_none(
            rate(f"{histogram}_bucket", *chosen, values["bucket"]), rate(f"{histogram}_count", *chosen)
        )

    def _chosen(self, values: Values) -> tuple[str, ...]:
        return (values["filter"], f'{self.label}=~"{values[self.option]}"')


PLUGINS = (
    *_Version("v1", "traefik_backend", "backend", "backend_regex", "(5..|429)").plugins(),
    *_Version("v2", "traefik_service", "service", "service_name_regex", "(5..)").plugins(),
)
