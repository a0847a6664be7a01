"""What the Prometheus Operator makes of AlertmanagerConfig objects: one configuration for the Alertmanager.

Names of receivers and time intervals become `<namespace>/<name>/<own name>`. The route of each object comes
before those of the base, in the order of `<namespace>/<name>`, and always goes on to the next one. Depending
on the strategy it takes only alerts whose label `namespace` is that of the object; so do both sides of its
inhibition. Source: pkg/alertmanager/amcfg.go of prometheus-operator v0.93.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from slogen.alertmanager.configuration import Configuration, Receiver
from slogen.alertmanager.inhibition import Inhibition
from slogen.alertmanager.matchers import Matcher
from slogen.alertmanager.routes import Route
from slogen.ir import Alertmanager, MatcherStrategy

NAMESPACE = "namespace"
"""The label by which the operator keeps the alerts of objects apart."""
_NOBODY = "null"


def merged(
    base: Configuration | None, objects: Sequence[Configuration], alertmanager: Alertmanager
) -> Configuration:
    """The base with all objects in it, as the operator writes it.

    Without a base, what no object takes goes to a receiver that tells nobody, as with the operator.
    """
    whole = base or Configuration(Route(_NOBODY), (Receiver(_NOBODY),))
    ordered = sorted(objects, key=_identity)
    # Of an object without a route, only the inhibition counts.
    routed = [one for one in ordered if _has_route(one)]
    first = tuple(first_route(one, alertmanager) for one in routed)
    return replace(
        whole,
        route=replace(whole.route, routes=(*first, *whole.route.routes)),
        receivers=(*whole.receivers, *(renamed for one in routed for renamed in _receivers(one))),
        inhibitions=(*whole.inhibitions, *(rule for one in ordered for rule in inhibited(one, alertmanager))),
        times=(
            *whole.times,
            *(replace(times, name=_full(one, times.name)) for one in routed for times in one.times),
        ),
    )


def namespace_matcher(namespace: str | None, alertmanager: Alertmanager) -> Matcher | None:
    """What the operator asks of the alerts of an object in a namespace; None where it takes all.

    Where it is not known which namespace the object or the Alertmanager is in, that may be so.
    """
    if not namespace or alertmanager.strategy is MatcherStrategy.NONE:
        return None
    is_at_home = alertmanager.namespace in (None, namespace)
    if alertmanager.strategy is MatcherStrategy.ELSEWHERE and is_at_home:
        return None
    return Matcher(NAMESPACE, "=", namespace)


def first_route(config: Configuration, alertmanager: Alertmanager) -> Route:
    """The route of an object as it stands below the root."""
    matcher = _asked(config, alertmanager)
    route = _prefixed(config.route, config)
    return replace(route, matchers=(*route.matchers, *matcher), continue_=True)


def inhibited(config: Configuration, alertmanager: Alertmanager) -> tuple[Inhibition, ...]:
    """The inhibition of an object, as it counts for the whole Alertmanager."""
    matcher = _asked(config, alertmanager)
    return tuple(
        replace(rule, source=_with(rule.source, matcher), target=_with(rule.target, matcher))
        for rule in config.inhibitions
    )


def _asked(config: Configuration, alertmanager: Alertmanager) -> tuple[Matcher, ...]:
    matcher = namespace_matcher(config.object_[0] if config.object_ else None, alertmanager)
    return () if matcher is None else (matcher,)


def _with(matchers: tuple[Matcher, ...], more: tuple[Matcher, ...]) -> tuple[Matcher, ...]:
    return (*matchers, *(matcher for matcher in more if matcher not in matchers))


def _identity(config: Configuration) -> str:
    # One text: `-` comes before `/`, so `a-b/x` stands before `a/x`.
    return "/".join(config.object_ or ())


def _has_route(config: Configuration) -> bool:
    """Whether an object has a route: the operator refuses one without a receiver."""
    return config.route.receiver is not None


def _full(config: Configuration, name: str) -> str:
    return f"{_identity(config)}/{name}" if name else ""


def _receivers(config: Configuration) -> list[Receiver]:
    return [replace(receiver, name=_full(config, receiver.name)) for receiver in config.receivers]


def _prefixed(route: Route, config: Configuration) -> Route:
    return replace(
        route,
        receiver=None if route.receiver is None else _full(config, route.receiver),
        mute=tuple(_full(config, name) for name in route.mute),
        active=tuple(_full(config, name) for name in route.active),
        routes=tuple(_prefixed(child, config) for child in route.routes),
    )
