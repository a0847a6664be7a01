"""Whether every alert reaches its team: what checks, `slogen route` and the tests of routes ask.

`in_use` finds the configurations that alerts go through, `following` and `journeys` follow alerts through
them, and `samples` has labels such as they may fire with. `ownership` finds alerts that no team gets,
`default_receiver` those that no route takes, `shadowed_routes` routes that no alert reaches, `hidden_pages`
inhibition that hides what must be seen, `paging_tickets` tickets that wake people, and `namespaces` what the
operator keeps from objects. `places` says what somebody must edit.
"""
